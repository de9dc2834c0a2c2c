// The clouds: providers that have to be told a region or a project, and that are logged in to instead of shown a key.

import type { OptionRow, ProviderRow } from "./row.ts";

const namedRegion: OptionRow = {
  params: ["aws_region_name", "region_name"],
  env: ["AWS_REGION_NAME", "AWS_REGION", "AWS_DEFAULT_REGION"],
  inProfile: true,
  label: true,
};
const awsRegion: OptionRow = { ...namedRegion, fallback: "us-west-2" };

/** A row of AWS: signed, unless there is a key to be sent. */
function aws(
  service: string,
  row: Pick<ProviderRow, "family" | "base"> & Partial<ProviderRow>,
): ProviderRow {
  const { options, ...rest } = row;
  return {
    baseEnv: [],
    keyEnv: [],
    needsKey: true,
    free: "model",
    tokenField: "max_tokens",
    login: `aws:${service}`,
    options: { region: awsRegion, ...options },
    ...rest,
  };
}

const sagemaker = aws("sagemaker", {
  family: "sagemaker",
  base: "https://runtime.sagemaker.{region}.amazonaws.com",
  baseParams: ["sagemaker_base_url"],
  baseEnv: ["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"],
  options: {
    component: { params: ["model_id"] },
    /** Where the endpoint is described; by default next to where it is called. */
    control: { env: ["AWS_ENDPOINT_URL_SAGEMAKER"] },
  },
});

const vertex: ProviderRow = {
  family: "vertex",
  base: "https://{location}-aiplatform.googleapis.com",
  baseEnv: ["VERTEXAI_API_BASE", "VERTEX_API_BASE"],
  keyEnv: [],
  needsKey: true,
  free: "model",
  // There it is asked for voices and for jobs, which tell of no model.
  modes: { audio_speech: { free: "key" }, rerank: { free: "key" } },
  tokenField: "max_tokens",
  login: "google",
  options: {
    // Not GOOGLE_CLOUD_PROJECT: LiteLLM does not read it.
    project: {
      params: ["vertex_project", "vertex_ai_project"],
      env: ["VERTEXAI_PROJECT", "VERTEX_PROJECT"],
    },
    location: {
      params: ["vertex_location", "vertex_ai_location"],
      env: ["VERTEXAI_LOCATION", "VERTEX_LOCATION"],
      fallback: "us-central1",
      label: true,
    },
    voice: { info: ["health_check_voice"] },
  },
};

const watsonx: ProviderRow = {
  family: "watsonx",
  base: null,
  baseEnv: ["WATSONX_API_BASE", "WATSONX_URL", "WX_URL", "WML_URL"],
  keyEnv: ["WATSONX_APIKEY", "WATSONX_API_KEY", "WX_API_KEY"],
  needsKey: true,
  free: "public",
  tokenField: "max_tokens",
  login: "ibm",
  options: {
    project: {
      params: ["project_id", "watsonx_project"],
      env: ["WATSONX_PROJECT_ID", "WX_PROJECT_ID", "PROJECT_ID"],
    },
    space: {
      params: ["space_id"],
      env: ["WATSONX_SPACE_ID", "WATSONX_DEPLOYMENT_SPACE_ID", "SPACE_ID"],
    },
    version: { params: ["api_version"], env: ["WATSONX_API_VERSION"], fallback: "2024-03-13" },
  },
};

export const cloudProviders: Readonly<Record<string, ProviderRow>> = {
  bedrock: aws("bedrock", {
    family: "bedrock",
    base: "https://bedrock-runtime.{region}.amazonaws.com",
    baseParams: ["aws_bedrock_runtime_endpoint"],
    baseEnv: ["AWS_BEDROCK_RUNTIME_ENDPOINT", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"],
    keyEnv: ["AWS_BEARER_TOKEN_BEDROCK"],
    options: {
      /** The control plane and the agents' plane; by default next to the runtime. */
      control: { env: ["AWS_ENDPOINT_URL_BEDROCK"] },
      agents: { env: ["AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME"] },
    },
  }),
  bedrock_mantle: aws("bedrock-mantle", {
    family: "openai",
    base: "https://bedrock-mantle.{region}.api.aws/v1",
    keyEnv: ["BEDROCK_MANTLE_API_KEY"],
    free: "unproven",
    options: {
      region: {
        params: ["aws_region_name", "region_name"],
        env: ["BEDROCK_MANTLE_REGION", "AWS_REGION"],
        fallback: "us-east-1",
        label: true,
      },
    },
  }),
  // Run by Anthropic, reached through AWS. (litellm/llms/bedrock/claude_platform)
  bedrock_claude_platform: aws("aws-external-anthropic", {
    family: "anthropic",
    base: "https://aws-external-anthropic.{region}.api.aws",
    baseEnv: ["ANTHROPIC_AWS_BASE_URL", "ANTHROPIC_AWS_API_BASE"],
    keyEnv: ["ANTHROPIC_AWS_API_KEY"],
    auth: "header:x-api-key",
    sendsHeaders: { "anthropic-workspace-id": "workspace" },
    options: {
      region: { ...namedRegion, required: true },
      workspace: {
        params: [
          "workspace_id",
          "aws_workspace_id",
          "anthropic-workspace-id",
          "anthropic_workspace_id",
        ],
        env: ["ANTHROPIC_AWS_WORKSPACE_ID", "ANTHROPIC_WORKSPACE_ID"],
        required: true,
      },
    },
  }),
  sagemaker,
  sagemaker_chat: sagemaker,
  aws_polly: aws("polly", {
    family: "polly",
    base: "https://polly.{region}.amazonaws.com",
    baseEnv: ["AWS_ENDPOINT_URL_POLLY"],
    free: "key",
    options: { voice: { info: ["health_check_voice"], params: ["voice"], fallback: "Joanna" } },
  }),
  vertex_ai: vertex,
  vertex_ai_beta: vertex,
  watsonx,
  watsonx_text: watsonx,
  databricks: {
    family: "databricks",
    base: null,
    baseEnv: ["DATABRICKS_API_BASE"],
    keyEnv: ["DATABRICKS_API_KEY"],
    needsKey: true,
    free: "model",
    tokenField: "max_tokens",
    basePath: "/serving-endpoints",
    login: "databricks",
  },
  snowflake: {
    family: "snowflake",
    base: "https://{account}.snowflakecomputing.com/api/v2",
    baseEnv: ["SNOWFLAKE_API_BASE"],
    keyEnv: ["SNOWFLAKE_JWT"],
    needsKey: true,
    free: "none",
    tokenField: "max_tokens",
    options: {
      account: { params: ["account_id"], env: ["SNOWFLAKE_ACCOUNT_ID"] },
    },
  },
};
