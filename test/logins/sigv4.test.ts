import { describe, expect, test } from "bun:test";
import { signed } from "../../src/logins/sigv4.ts";
import type { HttpRequest } from "../../src/transport/transport.ts";
import { sentSignature, signatureOf } from "./signature.ts";

const secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey, sessionToken: null };
const atMs = Date.parse("2025-01-01T00:00:00Z");
const ping =
  '{"messages":[{"role":"user","content":[{"text":"ping"}]}],"inferenceConfig":{"maxTokens":1}}';
const runtime = "https://bedrock-runtime.us-east-1.amazonaws.com/model";
const json = { "content-type": "application/json" };

function post(url: string, headers: Record<string, string>, body = ping): HttpRequest {
  return { method: "POST", url, headers, body };
}

const haiku = `${runtime}/anthropic.claude-3-haiku-20240307-v1%3A0/converse`;
const profile = `${runtime}/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc123/converse`;

/** Signatures on which two other implementations agree. */
const vectors: [
  title: string,
  request: HttpRequest,
  service: string,
  sessionToken: string | null,
  signature: string,
][] = [
  [
    "a model",
    post(haiku, json),
    "bedrock",
    null,
    "3cbbe274109a3a072854799282032c474839d6d68156c726d1bf6c7bc65f899a",
  ],
  [
    "an ARN, whose path is encoded twice",
    post(profile, json),
    "bedrock",
    null,
    "408f265bf5450a6fb14ddc12a08defd42ff3cf7f90132f6d39f7aa7b23614168",
  ],
  [
    "a session token",
    post(haiku, json),
    "bedrock",
    "TOKENEXAMPLE",
    "1fbc446479b56a396041142d6c0ab9621777945a8136aecb12f57f8365a88e8f",
  ],
  [
    "no type of the body",
    post(haiku, {}),
    "bedrock",
    null,
    "86c44333a75dcb843805a9c672327c86b38709ea14a5fc401114d568ae46d678",
  ],
  [
    "SageMaker",
    post(
      "https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/my-ep/invocations",
      json,
      '{"inputs":"ping"}',
    ),
    "sagemaker",
    null,
    "9e2331c53e60e247b72ac81c28eac75c4420decee871e8b0eaee125193a07a19",
  ],
];

describe("a signature of AWS", () => {
  for (const [title, request, service, sessionToken, signature] of vectors) {
    test(`is the published one: ${title}`, async () => {
      const { headers } = await signed(
        request,
        { ...keys, sessionToken },
        service,
        "us-east-1",
        atMs,
      );
      expect(headers["authorization"]).toEndWith(`Signature=${signature}`);
    });
  }

  test("is the published one: a query", async () => {
    const url = "https://bedrock.us-east-1.amazonaws.com/foundation-models?byOutputModality=TEXT";
    const request = { method: "GET", url, headers: {}, body: null } as const;
    const { headers } = await signed(request, keys, "bedrock", "us-east-1", atMs);
    expect(headers["authorization"]).toEndWith(
      "Signature=90910f727bfd9f9a07594520ee1724fc86793c5d8758c66983e7bf9949b18ecf",
    );
  });

  test("is the one that a server works out, whatever is in path and query", async () => {
    const target = "/model/a%20b%3A1(x)/it's?b=2&a=1&c=%2F%20";
    const request = post(`https://bedrock.eu-west-1.amazonaws.com${target}`, {
      ...json,
      accept: "application/json",
      "x-amz-target": "SageMaker.DescribeEndpoint",
    });
    const { headers } = await signed(request, keys, "bedrock", "eu-west-1", atMs);
    const received = {
      method: "POST",
      host: "bedrock.eu-west-1.amazonaws.com",
      target,
      headers,
      body: ping,
    };
    expect(sentSignature(received)).toBe(signatureOf(received, secretAccessKey));
    expect(headers["authorization"]).toContain(
      "SignedHeaders=content-type;host;x-amz-date;x-amz-target",
    );
  });
});
