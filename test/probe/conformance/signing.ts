// What a request to AWS is signed with, and how that is seen.

import { expect } from "bun:test";

export const env = {
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  AWS_REGION: "us-east-1",
};

/** A signature for this service; that signatures are right is tested by themselves. */
export function signed(service: string, region = "us-east-1", more = ""): string {
  return expect.stringMatching(
    new RegExp(
      `^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\\d{8}/${region}/${service}/aws4_request, SignedHeaders=(?:content-type;)?host;x-amz-date${more}, Signature=[0-9a-f]{64}$`,
    ),
  ) as unknown as string;
}
