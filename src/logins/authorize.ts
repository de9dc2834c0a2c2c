// A request with the credential in it: as Bearer, or as the signature.

import type { LoginUse } from "../registry/login/login.ts";
import type { HttpRequest } from "../transport/transport.ts";
import type { Credential } from "./credential.ts";
import { signed } from "./sigv4.ts";

export async function authorize(
  request: HttpRequest,
  use: LoginUse,
  credential: Credential,
  wallMs: number,
): Promise<HttpRequest> {
  if (credential.kind === "token") {
    const authorization = `Bearer ${credential.token}`;
    return { ...request, headers: { ...request.headers, authorization } };
  }
  if (use.kind !== "sigv4") throw new Error("keys of AWS sign requests and nothing else");
  return signed(request, credential, use.service, use.region, wallMs);
}
