// AWS Signature Version 4. Signed are the host, the time, `x-amz-*`, the type of the body, the session token and the body; other headers
// a proxy may change. (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)

import { AwsV4Signer } from "aws4fetch";
import type { HttpRequest } from "../transport/transport.ts";

export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

/** A key for signing depends on secret, day, region and service only, and takes four HMACs to make. */
const signingKeys = new Map<string, ArrayBuffer>();
const signingKeysMax = 1000;

export async function signed(
  request: HttpRequest,
  { accessKeyId, secretAccessKey, sessionToken }: SigningKeys,
  service: string,
  region: string,
  wallMs: number,
): Promise<HttpRequest> {
  if (signingKeys.size >= signingKeysMax) signingKeys.clear();
  const signable = Object.entries(request.headers).filter(
    ([name]) => name.startsWith("x-amz-") || name === "content-type",
  );
  const signer = new AwsV4Signer({
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(signable),
    ...(request.body === null ? {} : { body: request.body }),
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === null ? {} : { sessionToken }),
    service,
    region,
    cache: signingKeys,
    allHeaders: true,
    datetime: new Date(wallMs).toISOString().replace(/[:-]|\.\d{3}/g, ""),
  });
  const { headers } = await signer.sign();
  const added: Record<string, string> = {};
  headers.forEach((value, name) => {
    added[name] = value;
  });
  return { ...request, headers: { ...request.headers, ...added } };
}
