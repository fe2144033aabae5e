// Where the monitor listens, and who may read it.

export interface ListenAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Files are read again when they change. */
export interface AuthOptions {
  readonly bearerTokenFile: string | null;
  /** htpasswd lines with bcrypt. */
  readonly basicFile: string | null;
  /** GET of everything but `/metrics` needs no credential. */
  readonly publicRead: boolean;
}
