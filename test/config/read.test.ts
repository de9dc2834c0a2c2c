import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parseConfig, type ReadOptions, readConfig } from "../../src/config/read.ts";
import { ConfigError, formatProblem } from "../../src/errors.ts";

const options: ReadOptions = { file: "config.yaml", flags: {}, environment: {}, cores: 4 };

function read(text: string, changes: Partial<ReadOptions> = {}) {
  return parseConfig(text, { ...options, ...changes });
}

function problemsOf(text: string, changes: Partial<ReadOptions> = {}): string[] {
  try {
    read(text, changes);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(formatProblem);
    throw error;
  }
  return [];
}

const model = "model_list:\n  - model_name: m\n    litellm_params: {model: openai/gpt-4o}\n";

describe("a configuration that is wrong is refused with the place and the mend", () => {
  const refused: [title: string, text: string, message: string][] = [
    [
      "an entry that is not a model",
      "model_list:\n  - just text\n",
      "config.yaml:2:5: model_list[0]: this is not a model. Write model_name and litellm_params",
    ],
    [
      "a model without a name",
      "model_list:\n  - litellm_params: {model: openai/x}\n",
      "config.yaml:2:5: model_list[0].model_name: the model has no name. Give the public name of the model",
    ],
    [
      "a model that asks nobody",
      "model_list:\n  - model_name: m\n    litellm_params: {api_base: http://x}\n",
      "config.yaml:3:21: model_list[0].litellm_params.model: there is no model to ask. Write provider/model, such as openai/gpt-4o",
    ],
    [
      "a model list that is no list",
      "model_list: {a: 1}\n",
      "config.yaml:1:13: model_list: this is not a list. Begin every model with `- model_name:`",
    ],
    [
      "a health key of the wrong kind",
      "model_list:\n  - model_name: m\n    litellm_params: {model: openai/x}\n    model_info: {health_check_timeout: abc}\n",
      "config.yaml:4:40: model_list[0].model_info.health_check_timeout: this is not seconds, more than 0. Give seconds, more than 0",
    ],
    [
      "a setting out of range",
      "fleetpulse: {rise: 0}\n",
      "config.yaml:1:20: fleetpulse.rise: 0 is not a whole number from 1 to 100. Give a whole number from 1 to 100",
    ],
    [
      "buckets that do not ascend",
      "fleetpulse:\n  latency_buckets: [0.5, 0.1]\n",
      "config.yaml:2:20: fleetpulse.latency_buckets: this is not a list of 1 to 24 seconds above 0, ascending. Give a list of 1 to 24 seconds above 0, ascending",
    ],
    [
      "an own setting that does not exist",
      "fleetpulse:\n  thread: 2\n",
      "config.yaml:2:3: fleetpulse.thread: this key is not known. Did you mean threads?",
    ],
    [
      "a choice that there is not",
      "general_settings: {health_status_policy: all}\n",
      'config.yaml:1:42: general_settings.health_status_policy: "all" is not one of services, any_group_down, all_down. Give one of services, any_group_down, all_down',
    ],
    [
      "a master key that is not set (it must not leave the service open)",
      "general_settings:\n  master_key: os.environ/NOT_SET\n",
      "config.yaml:2:15: general_settings.master_key: the environment variable NOT_SET is not set. Set NOT_SET, or remove the key",
    ],
    [
      "an empty master key",
      'general_settings:\n  master_key: ""\n',
      "config.yaml:2:15: general_settings.master_key: this is empty. Give a value, or remove the key",
    ],
    [
      "a section that is no map",
      "general_settings: [1]\n",
      "config.yaml:1:19: general_settings: this is not a map of keys. Write `key: value` lines below it",
    ],
    [
      "model groups that are no list",
      "general_settings: {background_health_check_model_groups: gpt}\n",
      'config.yaml:1:58: general_settings.background_health_check_model_groups: "gpt" is not a list of names. Give a list of names',
    ],
    [
      "a Redis address of another kind",
      "router_settings: {redis_url: 'http://x'}\n",
      "config.yaml:1:30: router_settings.redis_url: this is not a redis:// or rediss:// URL. Write redis://[:password@]host:port",
    ],
    [
      "include that is no list",
      "include: more.yaml\n",
      "config.yaml:1:10: include: this is not a list. Write one file a line, each after a dash",
    ],
  ];
  for (const [title, text, message] of refused) {
    test(title, () => expect(problemsOf(text)).toEqual([message]));
  }

  test("all at once, in the order of the file", () => {
    const problems = problemsOf("fleetpulse: {rise: 0, fall: x}\nmodel_list:\n  - text\n");
    expect(problems.map((problem) => problem.split(":", 3).join(":"))).toEqual([
      "config.yaml:1:20",
      "config.yaml:1:29",
      "config.yaml:3:5",
    ]);
  });

  test("a file that is not there", () => {
    expect(() => readConfig({ ...options, file: "/no/such/file.yaml" })).toThrow(
      "/no/such/file.yaml: the file cannot be read (ENOENT). Give the path of your proxy's configuration with --config",
    );
  });

  test("without showing what may be a credential", () => {
    const problems = problemsOf(
      "general_settings:\n  master_key: [sk-secret-value]\n  database_url: {a: sk-secret-value}\n",
    );
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain("secret-value");
  });

  for (const [own, key] of [
    ["otlp_headers: 'api-key: secret-value'", "fleetpulse.otlp_headers"],
    ["otlp_endpoint: secret-value", "fleetpulse.otlp_endpoint"],
    ["statsd: 'udp://me:secret-value@h'", "fleetpulse.statsd"],
    ["interval: 'api_key=secret-value'", "fleetpulse.interval"],
  ] as const) {
    test(`without showing what may be a credential in ${key}`, () => {
      const problems = problemsOf(`fleetpulse: {${own}}\n`);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain(key);
      expect(problems[0]).not.toContain("secret-value");
    });
  }

  test("and no text at all makes it fail in another way", () => {
    const words = fc.constantFrom(
      "model_list",
      "litellm_params",
      "model_name",
      "fleetpulse",
      "include",
      "- ",
      ": ",
      "\n",
      "  ",
      "os.environ/X",
      "1",
      "[",
      "{",
      "&a",
      "*a",
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(words, fc.string({ maxLength: 5 })), { maxLength: 30 }),
        (parts) => {
          problemsOf(parts.join(""));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("a configuration that the proxy takes is taken", () => {
  test("keys that concern only the proxy are ignored without a word", () => {
    const config = read(
      `${model}litellm_settings: {drop_params: true, callbacks: [prometheus]}\ngeneral_settings: {alerting: [slack], store_model_in_db: true}\nguardrails: []\nmcp_servers: {}\n`,
    );
    expect(config.warnings).toEqual([]);
  });

  test("a key that looks like a misspelled health key is a warning with the right one", () => {
    const config = read(
      "model_list:\n  - model_name: m\n    litellm_params: {model: openai/x, api_bse: http://x}\n    model_info: {helth_check_timeout: 3}\ngeneral_settings: {health_check_intervall: 3}\n",
    );
    expect(config.warnings.map(({ key, mend }) => `${key} ${mend}`)).toEqual([
      "model_list[0].litellm_params.api_bse Did you mean api_base?",
      "model_list[0].model_info.helth_check_timeout Did you mean health_check_timeout?",
      "general_settings.health_check_intervall Did you mean health_check_interval?",
    ]);
  });

  test("references are filled in anywhere, and a missing one stops its own model only", () => {
    const config = read(
      "model_list:\n  - model_name: os.environ/NAME\n    litellm_params: {model: openai/x, api_key: os.environ/KEY, tags: [os.environ/TAG], stream: os.environ/FLAG}\n  - model_name: b\n    litellm_params: {model: openai/y, api_key: os.environ/GONE}\n",
      { environment: { NAME: "public", KEY: "sk-1", TAG: "t", FLAG: " True " } },
    );
    expect(config.entries[0]).toMatchObject({
      modelName: "public",
      params: { api_key: "sk-1", tags: ["t"], stream: true },
      missing: [],
    });
    expect(config.entries[1]?.missing).toEqual([
      { key: "model_list[1].litellm_params.api_key", variable: "GONE" },
    ]);
  });

  test("whole floats are told from integers, because the proxy's ids do", () => {
    const entry = (timeout: string) =>
      read(
        `model_list:\n  - model_name: m\n    litellm_params: {model: openai/x, timeout: ${timeout}}\n`,
      ).entries[0];
    expect(entry("60.0")?.modelId).not.toBe(entry("60")?.modelId ?? "");
    expect(entry("60.0")?.params["timeout"]).toBe(60);
  });

  test("environment_variables of the file are exported before references are filled in", () => {
    const config = read(
      "environment_variables: {MY_KEY: sk-2}\nmodel_list:\n  - model_name: m\n    litellm_params: {model: openai/x, api_key: os.environ/MY_KEY}\n",
    );
    expect(config.entries[0]?.params["api_key"]).toBe("sk-2");
  });

  test("a named credential fills in what the model lacks", () => {
    const config = read(
      "credential_list:\n  - credential_name: c\n    credential_values: {api_key: os.environ/K, api_base: http://c}\nmodel_list:\n  - model_name: m\n    litellm_params: {model: openai/x, api_base: http://own, litellm_credential_name: c}\n",
      { environment: { K: "sk-3" } },
    );
    expect(config.entries[0]?.params).toMatchObject({ api_key: "sk-3", api_base: "http://own" });
  });

  test("included files append lists and replace everything else", () => {
    const folder = mkdtempSync(join(tmpdir(), "fleetpulse-include-"));
    writeFileSync(
      join(folder, "main.yaml"),
      `include: [more.yaml]\n${model}fleetpulse: {rise: 5, fall: 5}\n`,
    );
    writeFileSync(
      join(folder, "more.yaml"),
      "model_list:\n  - model_name: n\n    litellm_params: {model: openai/y}\nfleetpulse: {rise: 7}\n",
    );
    const config = readConfig({ ...options, file: join(folder, "main.yaml") });
    rmSync(folder, { recursive: true });
    expect(config.entries.map(({ modelName }) => modelName)).toEqual(["m", "n"]);
    expect([config.settings.rise, config.settings.fall]).toEqual([7, 3]);
    expect(config.files).toHaveLength(2);
  });

  test("what is refused names the files that it was made of, also one that is not there", () => {
    const folder = mkdtempSync(join(tmpdir(), "fleetpulse-include-"));
    const [main, more] = [join(folder, "main.yaml"), join(folder, "more.yaml")];
    const files = () => {
      try {
        readConfig({ ...options, file: main });
      } catch (error) {
        if (error instanceof ConfigError) return error.files;
      }
      return null;
    };
    writeFileSync(main, "include: [more.yaml]\n");
    expect(files()).toEqual([main, more]);
    writeFileSync(more, "fleetpulse: {rise: 0}\n");
    expect(files()).toEqual([main, more]);
    rmSync(folder, { recursive: true });
  });

  test("no model at all is a warning, not an error", () => {
    expect(read("").warnings).toMatchObject([{ key: "model_list" }]);
  });
});

describe("a setting comes", () => {
  test("from its default", () => {
    const { settings } = read(model);
    expect(settings).toMatchObject({
      port: 4000,
      intervalMs: 300_000,
      timeoutMs: 60_000,
      rise: 2,
      fall: 3,
      threads: 3,
    });
    expect(settings.masterKey).toBeNull();
  });

  test("from the file before the environment that only fills in", () => {
    const environment = { DEFAULT_HEALTH_CHECK_INTERVAL: "30", LITELLM_MASTER_KEY: "sk-env" };
    expect(read(model, { environment }).settings.intervalMs).toBe(30_000);
    const file = `${model}general_settings: {health_check_interval: 60, master_key: sk-file}\n`;
    const { settings } = read(file, { environment });
    expect(settings.intervalMs).toBe(60_000);
    expect(settings.masterKey?.reveal()).toBe("sk-file");
  });

  test("from our own section before the proxy's", () => {
    const file = `${model}general_settings: {health_check_interval: 60}\nfleetpulse: {interval: 20}\n`;
    expect(read(file).settings.intervalMs).toBe(20_000);
  });

  test("from the command line before everything", () => {
    const { settings } = read(model, { environment: { PORT: "5000" }, flags: { port: 6000 } });
    expect(settings.port).toBe(6000);
    expect(read(model, { environment: { PORT: "5000" } }).settings.port).toBe(5000);
  });

  test("from one of several words, in capitals or not", () => {
    const temporality = (word: string) =>
      read(model, { environment: { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: word } })
        .settings.otlpTemporality;
    expect(["Delta", "LOWMEMORY", "cumulative"].map(temporality)).toEqual([
      ...(["delta", "lowmemory", "cumulative"] as const),
    ]);
  });

  test("not from a variable of OpenTelemetry's that is wrong, which is a warning", () => {
    const environment = {
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "sometimes",
      OTEL_EXPORTER_OTLP_HEADERS: "api-key: secret-value",
    };
    const { settings, warnings } = read(model, { environment });
    expect(settings).toMatchObject({ otlpTemporality: "cumulative", otlpHeaders: null });
    expect(warnings.map(({ key }) => key).sort()).toEqual(Object.keys(environment).sort());
    expect(warnings.map(formatProblem).join()).not.toContain("secret-value");
  });

  test("from the file's environment_variables, but for where the service listens", () => {
    const variables =
      "environment_variables: {PORT: '5000', HOST: 0.0.0.0, LITELLM_VERSION: '1.2.3'}\n";
    const { settings } = read(`${model}${variables}`);
    expect(settings).toMatchObject({ port: 4000, host: null, litellmVersion: "1.2.3" });
  });

  test("for Redis from a URL or from its parts", () => {
    const url = (text: string, environment = {}) =>
      read(`${model}${text}`, { environment }).settings.redisUrl?.reveal();
    expect(url("", { REDIS_URL: "redis://h:1" })).toBe("redis://h:1");
    expect(url("", { REDIS_HOST: "h", REDIS_PORT: "2", REDIS_PASSWORD: "p@w" })).toBe(
      "redis://:p%40w@h:2",
    );
    expect(url("router_settings: {redis_host: r, redis_port: 6380}\n")).toBe("redis://r:6380");
    const cache = (params: string, environment = {}) =>
      url(`litellm_settings: {cache: true, cache_params: {${params}}}\n`, environment);
    expect(cache("type: redis, host: c")).toBe("redis://c:6379");
    expect(cache("host: c")).toBe("redis://c:6379");
    expect(cache("type: s3, host: c")).toBeUndefined();
    expect(url("general_settings: {coordination_redis: {host: o}}\n")).toBe("redis://o:6379");
  });

  describe("for a cluster of replicas", () => {
    const environment = { REDIS_URL: "redis://h:1" };
    const name = (text: string) => read(`${model}${text}`, { environment }).settings.cluster;

    test("where one is named", () => {
      expect(name("")).toBeNull();
      expect(name("fleetpulse: {cluster: blue}\n")).toBe("blue");
    });

    test("where the proxy's replicas share their checks, under the namespace that they have", () => {
      const shared = "general_settings: {use_shared_health_check: true}\n";
      expect(name(shared)).toBe("default");
      const namespace = "litellm_settings: {cache_params: {namespace: team-a}}\n";
      expect(name(`${shared}${namespace}`)).toBe("team-a");
      expect(name(`${shared}${namespace}fleetpulse: {cluster: own}\n`)).toBe("own");
      expect(name(namespace)).toBeNull();
    });

    test("never without a Redis: one that is named is refused, the proxy's setting a warning", () => {
      expect(problemsOf(`${model}fleetpulse: {cluster: blue}\n`)).toEqual([
        "config.yaml:4:23: fleetpulse.cluster: there is no Redis over which replicas could divide the fleet. Set REDIS_URL, or router_settings.redis_url, or remove the key",
      ]);
      const { settings, warnings } = read(
        `${model}general_settings: {use_shared_health_check: true}\n`,
      );
      expect([settings.cluster, settings.sharedHealthCheck]).toEqual([null, true]);
      expect(warnings.map(formatProblem).join()).toContain("there is no Redis");
    });

    test("with a heartbeat from half a second to a minute", () => {
      expect(read(model).settings.clusterHeartbeatMs).toBe(2000);
      expect(problemsOf(`${model}fleetpulse: {cluster_heartbeat: 0.1}\n`).join()).toContain(
        "cluster_heartbeat",
      );
    });
  });

  describe("for Redis as LiteLLM connects to it:", () => {
    const url = (text: string, environment = {}) =>
      read(`${model}${text}`, { environment }).settings.redisUrl?.reveal();

    test("not at all where the cache is not switched on", () => {
      for (const cache of ["cache: false, ", "", "cache: 'true', "]) {
        expect(
          url(`litellm_settings: {${cache}cache_params: {type: redis, host: c}}\n`),
        ).toBeUndefined();
      }
    });

    test("with TLS and a user where these are named", () => {
      const params = "host: c, port: 6380, ssl: true, username: u@x, password: p";
      expect(url(`litellm_settings: {cache: true, cache_params: {${params}}}\n`)).toBe(
        "rediss://u%40x:p@c:6380",
      );
      const router = "redis_host: r, redis_password: p, cache_kwargs: {ssl: true, username: u}";
      expect(url(`router_settings: {${router}}\n`)).toBe("rediss://u:p@r:6379");
      const environment = { REDIS_HOST: "h", REDIS_SSL: "True", REDIS_USERNAME: "u" };
      expect(url("", { ...environment, REDIS_PASSWORD: "p" })).toBe("rediss://u:p@h:6379");
    });

    test("with what the environment says where the file names the host only", () => {
      const environment = { REDIS_SSL: "1", REDIS_PASSWORD: "p", REDIS_URL: "redis://other:1" };
      expect(url("router_settings: {redis_host: r}\n", environment)).toBe("rediss://:p@r:6379");
    });

    test("without a look at the certificate where that is said", () => {
      const params = "host: c, ssl: true, ssl_cert_reqs: null";
      expect(url(`litellm_settings: {cache: true, cache_params: {${params}}}\n`)).toBe(
        "rediss://c:6379?ssl_cert_reqs=none",
      );
    });

    test("at the usual port where Kubernetes put an address in its place", () => {
      const environment = { REDIS_HOST: "h", REDIS_PORT: "tcp://10.0.0.7:6379" };
      expect(url("", environment)).toBe("redis://h:6379");
    });
  });

  test("for aliases from names and from maps", () => {
    const { settings } = read(
      `${model}router_settings: {model_group_alias: {a: m, b: {model: n, hidden: true}}}\n`,
    );
    expect(settings.modelGroupAlias).toEqual({ a: "m", b: "n" });
  });

  test("an interval of 0 means off, as in LiteLLM, and says so", () => {
    const config = read(`${model}general_settings: {health_check_interval: 0}\n`);
    expect(config.settings.probingEnabled).toBe(false);
    expect(config.warnings).toMatchObject([{ key: "general_settings.health_check_interval" }]);
  });
});
