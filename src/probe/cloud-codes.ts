// What the clouds mean by their error codes, where that is their own. Lower-case, as in vendor-codes.ts.

import type { OutcomeClass } from "../table/outcome-class.ts";

type Codes = Readonly<Record<string, OutcomeClass>>;

/** Of all services of AWS. Who is refused for want of a right gets `AccessDeniedException`, whose words can say more. */
const aws: Codes = {
  unrecognizedclientexception: "auth",
  invalidsignatureexception: "auth",
  signaturedoesnotmatch: "auth",
  expiredtokenexception: "auth",
  expiredtoken: "auth",
  invalidclienttokenid: "auth",
  incompletesignature: "auth",
  incompletesignatureexception: "auth",
  missingauthenticationtoken: "auth",
  missingauthenticationtokenexception: "auth",
  notauthorizedexception: "permission",
  optinrequired: "permission",
  mpagreementbeingcreated: "permission",
  resourcenotfoundexception: "model_not_found",
  servicequotaexceededexception: "quota_exhausted",
  internalserverexception: "server_error",
  internalfailure: "server_error",
  internaldependencyexception: "server_error",
  modeltimeoutexception: "server_error",
  modelerrorexception: "server_error",
  modelerror: "server_error",
};

const watsonx: Codes = {
  authentication_token_expired: "auth",
  authentication_token_not_valid: "auth",
  bxnim0415e: "auth",
  authorization_rejected: "permission",
  rate_limit_reached_requests: "rate_limited",
  consumption_limit_reached: "rate_limited",
  downstream_request_failed: "server_error",
  invalid_request_entity: "bad_probe",
  model_no_support_for_function: "bad_probe",
};

const vertex: Codes = {
  access_token_type_unsupported: "auth",
  service_disabled: "permission",
  iam_permission_denied: "permission",
  consumer_invalid: "permission",
};

export const cloudCodes: Readonly<Record<string, Codes>> = {
  bedrock: { ...aws, serviceunavailableexception: "overloaded" },
  bedrock_mantle: aws,
  bedrock_claude_platform: aws,
  sagemaker: aws,
  sagemaker_chat: aws,
  aws_polly: aws,
  vertex_ai: vertex,
  vertex_ai_beta: vertex,
  watsonx,
  watsonx_text: watsonx,
  databricks: { bad_request: "bad_probe", resource_exhausted: "rate_limited" },
  snowflake: { "390144": "auth", "390303": "auth", "390318": "auth" },
};
