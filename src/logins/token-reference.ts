// A token that somebody else renews: as text, from a file or from a service of the machine.

import { readFile } from "node:fs/promises";
import type { TokenReference } from "../registry/login/login.ts";
import { LoginError } from "./credential.ts";
import { askMachine, type Errands, isSuccess, jsonOf } from "./errand.ts";

export async function readToken(
  errands: Errands,
  reference: TokenReference,
  name: string,
): Promise<string> {
  if (reference.from === "text") return reference.value;
  if (reference.from === "file") return (await readText(reference.value, name)).trim();
  const { value: url, headers, field } = reference;
  const request = { method: "GET", url, headers, body: null } as const;
  const response = await askMachine(errands, request, name);
  const token = field === null ? response.body.trim() : jsonOf(response)[field];
  if (!isSuccess(response) || typeof token !== "string" || token === "") {
    throw new LoginError("auth", `${name} login: no identity token (HTTP ${response.status})`);
  }
  return token;
}

/** A file that the configuration names. The text of the error names it too, and nothing of what it holds. */
export async function readText(path: string, name: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const why = code === "ENOENT" ? "does not exist" : "cannot be read";
    throw new LoginError("config", `${name} login: the file ${path} ${why}`);
  }
}
