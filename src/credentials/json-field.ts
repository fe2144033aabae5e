// Reads fields as Go's encoding/json does: docker, podman and kubelet accept `credsstore` for `credsStore`.

export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value under `name`, in any case; the exact name wins. null counts as absent, as it does in Go. */
export function readField(object: JsonObject, name: string): unknown {
  const key = Object.hasOwn(object, name)
    ? name
    : Object.keys(object).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : (object[key] ?? undefined);
}
