// What the clouds' error answers mean, as their documentation shows them.

import { describe, expect, test } from "bun:test";
import { classify } from "../../src/probe/classify.ts";
import { questionOf } from "../../src/probe/families.ts";
import type { OutcomeClass } from "../../src/table/outcome-class.ts";
import type { HttpResponse } from "../../src/transport/transport.ts";
import { target } from "./target.ts";

function response(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): HttpResponse {
  return { status, headers, body: JSON.stringify(body), truncated: false };
}

/** AWS names the error in a header, or in the body. */
const aws = (status: number, code: string, message: string) =>
  response(status, { message }, { "x-amzn-errortype": `${code}:http://internal.amazon.com/` });
const google = (status: number, code: string, reason: string | null, message = "") =>
  response(status, {
    error: {
      code: status,
      message,
      status: code,
      details: reason === null ? [] : [{ "@type": "ErrorInfo", reason }],
    },
  });
const ibm = (status: number, code: string) =>
  response(status, { errors: [{ code, message: "m" }], trace: "t", status_code: status });

const cases: [title: string, provider: string, answer: HttpResponse, expected: OutcomeClass][] = [
  [
    "a model without access",
    "bedrock",
    aws(
      403,
      "AccessDeniedException",
      "You don't have access to the model with the specified model ID.",
    ),
    "permission",
  ],
  [
    "a wrong access key",
    "bedrock",
    aws(
      403,
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
    ),
    "auth",
  ],
  [
    "a signature that does not match",
    "bedrock",
    aws(403, "InvalidSignatureException", "Signature expired"),
    "auth",
  ],
  [
    "a session that ended",
    "bedrock",
    aws(403, "ExpiredTokenException", "The security token included in the request is expired"),
    "auth",
  ],
  [
    "a bearer key that is wrong, as a lack of rights",
    "bedrock",
    aws(
      403,
      "AccessDeniedException",
      "Authentication failed: Please make sure your API Key is valid.",
    ),
    "auth",
  ],
  [
    "a marketplace agreement that is pending",
    "bedrock",
    aws(403, "MPAgreementBeingCreated", ""),
    "permission",
  ],
  [
    "a model that needs an inference profile",
    "bedrock",
    aws(
      400,
      "ValidationException",
      "Invocation of model ID x with on-demand throughput isn't supported. Retry with an inference profile",
    ),
    "model_not_found",
  ],
  [
    "an id that is none",
    "bedrock",
    aws(400, "ValidationException", "The provided model identifier is invalid."),
    "model_not_found",
  ],
  [
    "a parameter of ours",
    "bedrock",
    aws(400, "ValidationException", "Malformed input request: extraneous key"),
    "bad_probe",
  ],
  [
    "an account that may not invoke",
    "bedrock",
    aws(400, "ValidationException", "Operation not allowed"),
    "permission",
  ],
  [
    "a model at its end of life",
    "bedrock",
    aws(404, "ResourceNotFoundException", "This model version has reached the end of its life."),
    "model_not_found",
  ],
  [
    "a quota of the account",
    "bedrock",
    aws(400, "ServiceQuotaExceededException", "quota"),
    "quota_exhausted",
  ],
  ["a model that took too long", "bedrock", aws(408, "ModelTimeoutException", ""), "server_error"],
  ["a model that failed", "bedrock", aws(424, "ModelErrorException", ""), "server_error"],
  [
    "a rate limit",
    "bedrock",
    aws(429, "ThrottlingException", "Too many requests, please wait"),
    "rate_limited",
  ],
  [
    "a daily limit behind a rate limit",
    "bedrock",
    aws(429, "ThrottlingException", "Too many tokens per day, please wait before trying again."),
    "quota_exhausted",
  ],
  ["a model that is loading", "bedrock", aws(429, "ModelNotReadyException", ""), "not_ready"],
  [
    "a lack of capacity",
    "bedrock",
    aws(503, "ServiceUnavailableException", "Bedrock is unable to process your request."),
    "overloaded",
  ],
  ["a server error", "bedrock", aws(500, "InternalServerException", ""), "server_error"],
  [
    "a missing right",
    "aws_polly",
    response(403, { Message: "User is not authorized", __type: "AccessDeniedException" }),
    "permission",
  ],
  [
    "an endpoint that is not there",
    "sagemaker",
    aws(400, "ValidationError", "Endpoint nobody of account 1 not found."),
    "model_not_found",
  ],
  [
    "an endpoint that nobody describes",
    "sagemaker",
    response(400, {
      __type: "com.amazon.coral.validate#ValidationException",
      message: 'Could not find endpoint "nobody".',
    }),
    "model_not_found",
  ],
  [
    "a dependency that failed",
    "sagemaker",
    aws(530, "InternalDependencyException", ""),
    "server_error",
  ],
  [
    "a token that ended",
    "vertex_ai",
    google(401, "UNAUTHENTICATED", "ACCESS_TOKEN_EXPIRED"),
    "auth",
  ],
  [
    "a token of another kind",
    "vertex_ai",
    google(401, "UNAUTHENTICATED", "ACCESS_TOKEN_TYPE_UNSUPPORTED"),
    "auth",
  ],
  [
    "an API that is not enabled",
    "vertex_ai",
    google(403, "PERMISSION_DENIED", "SERVICE_DISABLED"),
    "permission",
  ],
  [
    "a right that is missing",
    "vertex_ai",
    google(403, "PERMISSION_DENIED", "IAM_PERMISSION_DENIED"),
    "permission",
  ],
  [
    "a project without billing",
    "vertex_ai",
    google(403, "PERMISSION_DENIED", "BILLING_DISABLED"),
    "billing",
  ],
  [
    "a model that the region does not have",
    "vertex_ai",
    google(404, "NOT_FOUND", null, "Publisher Model `x` was not found"),
    "model_not_found",
  ],
  [
    "shared capacity that is used up",
    "vertex_ai",
    google(429, "RESOURCE_EXHAUSTED", null, "Resource exhausted. Please try again later."),
    "rate_limited",
  ],
  ["a request that was given up", "vertex_ai", google(499, "CANCELLED", null), "server_error"],
  ["a deadline on their side", "vertex_ai", google(504, "DEADLINE_EXCEEDED", null), "server_error"],
  ["a token that ended", "watsonx", ibm(401, "authentication_token_expired"), "auth"],
  ["a right that is missing", "watsonx", ibm(403, "authorization_rejected"), "permission"],
  ["a plan whose tokens are gone", "watsonx", ibm(403, "token_quota_reached"), "billing"],
  ["a model that is not offered", "watsonx", ibm(404, "model_not_supported"), "model_not_found"],
  [
    "a model that does something else",
    "watsonx",
    ibm(400, "model_no_support_for_function"),
    "bad_probe",
  ],
  ["a rate limit", "watsonx_text", ibm(429, "rate_limit_reached_requests"), "rate_limited"],
  ["an engine that failed", "watsonx", ibm(500, "downstream_request_failed"), "server_error"],
  [
    "a right that is missing",
    "databricks",
    response(403, { error_code: "PERMISSION_DENIED", message: "User does not have permission" }),
    "permission",
  ],
  [
    "a wrong token, as a lack of rights",
    "databricks",
    response(403, { error_code: "403", message: "Invalid access token." }),
    "auth",
  ],
  [
    "an endpoint that is not there",
    "databricks",
    response(404, { error_code: "RESOURCE_DOES_NOT_EXIST", message: "x" }),
    "model_not_found",
  ],
  [
    "a rate limit",
    "databricks",
    response(429, { error_code: "REQUEST_LIMIT_EXCEEDED", message: "x" }),
    "rate_limited",
  ],
  [
    "an endpoint that scales up",
    "databricks",
    response(503, { error_code: "TEMPORARILY_UNAVAILABLE", message: "x" }),
    "not_ready",
  ],
  [
    "a wrong token",
    "snowflake",
    response(401, { code: "390144", message: "JWT token is invalid." }),
    "auth",
  ],
  [
    "a role that is missing",
    "snowflake",
    response(403, { message: "lacks CORTEX_USER" }),
    "permission",
  ],
  [
    "a model that is not there",
    "snowflake",
    response(400, { message: "unknown model nobody" }),
    "model_not_found",
  ],
  [
    "Entra's refusal of a role",
    "azure",
    response(401, {
      error: { code: "PermissionDenied", message: "The principal lacks the required data action" },
    }),
    "permission",
  ],
];

describe("an error of the clouds", () => {
  for (const [title, provider, answer, expected] of cases) {
    test(`${provider}: ${title} is ${expected}`, () => {
      expect(classify(provider, answer).class).toBe(expected);
    });
  }

  test("that a container of SageMaker answered is read as the container's own", () => {
    const asked = target({ family: "sagemaker", provider: "sagemaker", model: "my-ep" });
    const body = { OriginalStatusCode: 422, OriginalMessage: '{"error":"max_new_tokens"}' };
    const answer = response(424, body, { "x-amzn-errortype": "ModelError" });
    expect(questionOf(asked).read(asked, answer)).toMatchObject({
      class: "bad_probe",
      text: "HTTP 422: max_new_tokens",
    });
  });

  for (const [family, provider, action] of [
    ["bedrock", "bedrock", "bedrock:GetFoundationModel"],
    ["sagemaker", "sagemaker", "sagemaker:DescribeEndpoint"],
    ["polly", "aws_polly", "polly:DescribeVoices"],
  ] as const) {
    test(`for want of ${action} says that the free question proves nothing`, () => {
      const asked = target({ family, provider, rung: "metadata" });
      const message = `User: arn:aws:iam::1:user/u is not authorized to perform: ${action} on resource: *`;
      expect(
        questionOf(asked).read(asked, aws(403, "AccessDeniedException", message)),
      ).toMatchObject({
        class: "bad_probe",
        text: `the free question needs the right ${action}`,
      });
    });
  }
});
