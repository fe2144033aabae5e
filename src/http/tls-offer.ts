// What a TLS handshake offers: what crypto/tls of Go 1.22 offers by default, as docker, podman and containerd do. A server
// that needs more fails here as it fails in a pull; one that needs less must not fail here.
// https://github.com/golang/go/blob/go1.22.0/src/crypto/tls/defaults.go

import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { once } from '../core/once.ts';

/** TLS 1.3, then ECDHE only: neither RSA key exchange nor DHE. OpenSSL no longer has the 3DES suite that Go adds. */
const CIPHER_SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
];

const CURVES = ['X25519', 'prime256v1', 'secp384r1', 'secp521r1'];

/** Go's last two use SHA-1, which OpenSSL 3 accepts below security level 1 only. */
const SIGNATURE_ALGORITHMS = [
  'rsa_pss_rsae_sha256',
  'ecdsa_secp256r1_sha256',
  'ed25519',
  'rsa_pss_rsae_sha384',
  'rsa_pss_rsae_sha512',
  'rsa_pkcs1_sha256',
  'rsa_pkcs1_sha384',
  'rsa_pkcs1_sha512',
  'ecdsa_secp384r1_sha384',
  'ecdsa_secp521r1_sha512',
];

export const goTlsOffer = once(
  (): SecureContextOptions => ({
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    // Level 2, the default of OpenSSL 3.2 and later, refuses RSA keys of 1024 bits, which Go accepts.
    ciphers: [...CIPHER_SUITES, '@SECLEVEL=1'].join(':'),
    ecdhCurve: CURVES.join(':'),
    sigalgs: SIGNATURE_ALGORITHMS.join(':'),
    // Go also connects to a server without secure renegotiation (RFC 5746): it never renegotiates.
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT | constants.SSL_OP_NO_RENEGOTIATION,
  }),
);
