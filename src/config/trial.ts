// A deployment that stands in no file: what a client wants tested before it is saved. Read by the same rules as an entry of
// `model_list`, with exceptions: it may not refer to the environment, which would let a client read our secrets, nor
// name a file or another identity of this machine, which would tell a client what there is and send it elsewhere, nor an
// address for a key of ours, which would be sent there.

import { ConfigError, type ConfigProblem } from "../errors.ts";
import { addressesIn } from "./address-params.ts";
import type { Config, ModelEntry, Value } from "./config.ts";
import { resolveReferences } from "./environment.ts";
import { readEntry } from "./model-list.ts";
import { nodeOf, plain, readAs } from "./values.ts";
import { problemAt } from "./yaml-node.ts";

type Values = { readonly [key: string]: Value };

export interface Trial {
  readonly litellm_params: Values;
  readonly model_info: Values;
}

const place = { file: "request", line: 0, column: 0 };
const path = "body";
/** Nobody nests deeper; what does would exhaust the stack. */
const depthMax = 32;

/** The entry that this trial would be. Throws ConfigError. */
export function readTrial(
  trial: Trial,
  { credentials, environment }: Pick<Config, "credentials" | "environment">,
): ModelEntry {
  const problems: ConfigProblem[] = [];
  const refuse = (key: string, message: string, mend: string) => {
    throw new ConfigError([problemAt(place, key, message, mend)]);
  };
  const body: Value = { ...trial };
  if (!isShallow(body, depthMax))
    refuse("", "this is nested too deeply", "Send a flat map of keys");
  if (refersToEnvironment(body)) {
    refuse("", "os.environ/ is not filled in here", "Give the value, or litellm_credential_name");
  }
  const verify = readAs({ kind: "booleanOrPath" }, trial.litellm_params["ssl_verify"] ?? true);
  if (verify.ok && typeof verify.value === "string") {
    refuse("litellm_params.ssl_verify", "no file is read for a test", "Give true or false");
  }
  const foreign = machineReference(trial.litellm_params);
  if (foreign !== null) {
    const mend = "Give the credentials themselves, or litellm_credential_name";
    refuse(`litellm_params.${foreign}`, "no file and no identity of this machine is used", mend);
  }
  const name = trial.litellm_params["litellm_credential_name"] ?? null;
  if (name !== null && (typeof name !== "string" || !credentials.has(name))) {
    refuse(
      "litellm_params.litellm_credential_name",
      "no credential has this name",
      "Give one of credential_list",
    );
  }
  if (typeof name === "string") {
    const values = resolveReferences(
      nodeOf(credentials.get(name) ?? null, place),
      environment,
      () => {},
      path,
    );
    const own = addressesIn(plain(values) as Values).map(({ address }) => address);
    const other = addressesIn(trial.litellm_params).find(({ address }) => !own.includes(address));
    if (other !== undefined) {
      const mend = "Leave it out, or give the key itself";
      refuse(`litellm_params.${other.name}`, "a named credential goes to its own address", mend);
    }
  }
  const model = trial.litellm_params["model"];
  const item = nodeOf({ ...body, model_name: typeof model === "string" ? model : "test" }, place);
  const entry = readEntry(item, path, {
    environment,
    credentials: new Map(
      [...credentials].flatMap(([key, values]) => {
        const node = nodeOf(values, place);
        return node.kind === "map" ? [[key, node] as const] : [];
      }),
    ),
    problems,
    warnings: [],
  });
  if (entry === null || problems.length > 0) throw new ConfigError(problems);
  return entry;
}

/** A parameter that makes a login read something of this machine. */
function machineReference(params: Values): string | null {
  const found = Object.entries(params).find(([name, value]) => {
    if (value === null) return false;
    if (/^vertex_(?:ai_)?credentials$/.test(name)) return !isWholeCredential(value);
    if (name === "azure_ad_token") return typeof value === "string" && value.startsWith("oidc/");
    if (name === "aws_web_identity_token") return !String(value).startsWith("eyJ");
    return name === "aws_profile_name";
  });
  return found === undefined ? null : found[0];
}

/** Credentials of Google that name neither a file nor an address to read from. */
function isWholeCredential(value: Value): boolean {
  let fields: unknown = value;
  try {
    if (typeof value === "string") fields = JSON.parse(value);
  } catch {
    return false;
  }
  if (typeof fields !== "object" || fields === null) return false;
  const { type } = fields as { type?: unknown };
  return type === "service_account" || type === "authorized_user";
}

function isShallow(value: Value, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((child: Value) => isShallow(child, depth - 1));
}

/** Anywhere in it, also in the middle of a text and in a key. */
function refersToEnvironment(value: Value): boolean {
  if (typeof value === "string") return value.includes("os.environ/");
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([key, child]: [string, Value]) => refersToEnvironment(key) || refersToEnvironment(child),
  );
}
