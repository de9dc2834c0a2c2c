// Signature Version 4 as a server checks it, written from its description and not from a library: what a request must have been signed
// with. (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)

import { createHash, createHmac } from "node:crypto";

export interface Received {
  readonly method: string;
  readonly host: string;
  /** As it came, with its query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The signature that this request has to carry. */
export function signatureOf(request: Received, secret: string): string {
  const authorization = request.headers["authorization"] ?? "";
  const [, scope = "", signedHeaders = ""] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+), Signature=/.exec(authorization) ?? [];
  const [path = "", query = ""] = request.target.split("?");
  const names = signedHeaders.split(";");
  const canonical = [
    request.method,
    // Once more than it is sent, segment by segment.
    path.split("/").map(strictly).join("/"),
    query.split("&").sort().join("&"),
    ...names.map((name) => {
      const value = name === "host" ? request.host : (request.headers[name] ?? "");
      return `${name}:${value.trim()}`;
    }),
    "",
    signedHeaders,
    sha256(request.body),
  ].join("\n");
  const [date = "", region = "", service = "", ending = ""] = scope.split("/");
  const key = [date, region, service, ending].reduce<Buffer | string>(
    (last, part) => createHmac("sha256", last).update(part).digest(),
    `AWS4${secret}`,
  );
  const toSign = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, sha256(canonical)];
  return createHmac("sha256", key).update(toSign.join("\n")).digest("hex");
}

export function sentSignature({ headers }: Received): string {
  return /Signature=([0-9a-f]+)$/.exec(headers["authorization"] ?? "")?.[1] ?? "";
}

function strictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
