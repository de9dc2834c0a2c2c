// The files of AWS's tools, sections of `name = value`. (docs.aws.amazon.com/sdkref/latest/guide/file-format.html)

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { firstSet } from "../endpoint.ts";

type Environment = Readonly<Record<string, string>>;
type Section = ReadonlyMap<string, string>;

/** Where they are; `variable` names the file, `name` is what it is called in the usual folder. */
export function awsFile(
  environment: Environment,
  variable: "AWS_SHARED_CREDENTIALS_FILE" | "AWS_CONFIG_FILE",
): string {
  const name = variable === "AWS_CONFIG_FILE" ? "config" : "credentials";
  const home = firstSet(["HOME", "USERPROFILE"], environment) ?? "";
  return firstSet([variable], environment) ?? join(home, ".aws", name);
}

/** The region of a profile; without its name, of the one that the environment means. Null where it names none. */
export type RegionOfProfile = (named: string | null) => string | null;

/** The file is read once, when somebody asks. */
export function createRegionOfProfile(environment: Environment): RegionOfProfile {
  const usual = firstSet(["AWS_PROFILE"], environment) ?? "default";
  const isSomewhere = firstSet(["AWS_CONFIG_FILE", "HOME", "USERPROFILE"], environment) !== null;
  let text: string | null = isSomewhere ? null : "";
  return (named) => {
    text ??= textOf(awsFile(environment, "AWS_CONFIG_FILE"));
    return sectionOf(text, named ?? usual, true).get("region") ?? null;
  };
}

/** A file that is not there holds no profile. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** The file of settings calls its sections `profile NAME`, but for the default one. */
export function sectionOf(text: string, profile: string, isConfig: boolean): Section {
  const found = new Map<string, string>();
  let isHere = false;
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)?.[1];
    if (heading !== undefined) {
      isHere = heading === (isConfig && profile !== "default" ? `profile ${profile}` : profile);
      continue;
    }
    const [, name, value] = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (isHere && name !== undefined && value !== undefined && value !== "") {
      found.set(name.toLowerCase(), value);
    }
  }
  return found;
}
