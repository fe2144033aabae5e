// A user who may not read everything, also where root runs the tests.

/** The user ID that Linux and the BSDs keep for `nobody`. */
const NOBODY = 65_534;

/** Calls `action` as the user of the tests; for root, as `nobody`. The files it is to read need a folder open to all. */
export async function asUnprivilegedUser<T>(action: () => T | Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(NOBODY);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}
