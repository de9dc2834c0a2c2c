// Log lines: time, level, text, on standard error. Nothing secret is ever handed to it, and what looks like a
// credential is taken out all the same.

import { redact } from "../config/secret.ts";

export interface Log {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

export function createLog(write: (line: string) => void, wallMs: () => number): Log {
  const line = (level: string) => (text: string) =>
    write(`${new Date(wallMs()).toISOString()} ${level} ${redact(text, [])}\n`);
  return { info: line("info "), warn: line("warn "), error: line("error") };
}
