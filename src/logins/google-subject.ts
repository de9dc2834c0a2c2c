// The token of another identity that Google exchanges (workload identity federation): from a file or from a URL.
// (google.aip.dev/auth/4117)

import { LoginError } from "./credential.ts";
import { askMachine, type Errands, isSuccess } from "./errand.ts";
import { readText } from "./token-reference.ts";

type Fields = Readonly<Record<string, unknown>>;

export async function googleSubject(errands: Errands, file: Fields): Promise<string> {
  const source = fieldsIn(file, "credential_source");
  const format = fieldsIn(source, "format");
  const text = await textOf(errands, source);
  if (format["type"] !== "json") return text.trim();
  const field = format["subject_token_field_name"];
  try {
    const token = (JSON.parse(text) as Fields)[typeof field === "string" ? field : ""];
    if (typeof token === "string" && token !== "") return token;
  } catch {
    // Told below.
  }
  throw new LoginError("config", "Google login: credential_source gives no subject token");
}

async function textOf(errands: Errands, source: Fields): Promise<string> {
  const { file, url } = source;
  if (typeof file === "string") return readText(file, "Google");
  if (typeof url !== "string" || !URL.canParse(url)) {
    const what = "credential_source has neither a file nor a URL";
    throw new LoginError("config", `Google login: ${what}; other sources are not done here`);
  }
  const headers = Object.fromEntries(
    Object.entries(fieldsIn(source, "headers")).flatMap(([name, value]) =>
      typeof value === "string" ? [[name.toLowerCase(), value]] : [],
    ),
  );
  const request = { method: "GET", url, headers, body: null } as const;
  const response = await askMachine(errands, request, "Google");
  if (isSuccess(response)) return response.body;
  throw new LoginError("auth", `Google login: no subject token (HTTP ${response.status})`);
}

function fieldsIn(value: Fields, name: string): Fields {
  const inner = value[name];
  return typeof inner === "object" && inner !== null ? (inner as Fields) : {};
}
