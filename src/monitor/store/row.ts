// A row of a database, and its columns read by type: the tables keep them so.

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, SqlValue>>;

export const textOf = (row: Row, column: string): string => String(row[column]);

export const textOrNull = (row: Row, column: string): string | null => (row[column] ?? null) as string | null;

export const numberOf = (row: Row, column: string): number => Number(row[column]);

export const numberOrNull = (row: Row, column: string): number | null => (row[column] ?? null) as number | null;
