// Builds the image that a Dockerfile describes as a folder, without an engine: COPY by .dockerignore and owner, RUN in a
// container. What a step of another kind would do is an error, so that nothing is passed over.

import {
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, join, posix, relative } from "node:path";
import ignore from "@balena/dockerignore";
import { containerCommand, layBase, place } from "./container.ts";
import { readDockerfile, type Stage, type Step } from "./dockerfile.ts";

export interface Image {
  readonly root: string;
  readonly env: Record<string, string>;
  user: string;
  folder: string;
  command: readonly string[];
  healthcheck: readonly string[];
  readonly volumes: string[];
}

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const owned = "0:0";
const home = "/root";
/** Of this machine, so that a build reaches the packages as the machine does. */
const passedOn =
  /^(?:https?_proxy|no_proxy|npm_config_registry|bun_config_registry|node_extra_ca_certs)$/i;

/** `context` is the folder that the Dockerfile copies from, `folder` where the stages are laid out. */
export function buildImage(context: string, folder: string): Image {
  const stages = readDockerfile(readFileSync(join(context, "Dockerfile"), "utf8"));
  const built = new Map<string, Image>();
  let last: Image | null = null;
  for (const [number, stage] of stages.entries()) {
    last = buildStage(stage, context, join(folder, `stage-${number}`), built);
    built.set(stage.name ?? String(number), last);
  }
  if (last === null) throw new Error("the Dockerfile has no stage");
  return last;
}

function buildStage(
  stage: Stage,
  context: string,
  root: string,
  built: ReadonlyMap<string, Image>,
): Image {
  layBase(root, stage.base.endsWith("-slim") ? ["rm"] : []);
  const image: Image = {
    ...{ root, env: { PATH: path }, user: owned, folder: "/" },
    ...{ command: [], healthcheck: [], volumes: [] },
  };
  for (const step of stage.steps) apply(step, image, context, built);
  return image;
}

function apply(step: Step, image: Image, context: string, built: ReadonlyMap<string, Image>): void {
  switch (step.keyword) {
    case "WORKDIR":
      image.folder = posix.resolve(image.folder, step.words[0] ?? "");
      mkdirSync(join(image.root, image.folder), { recursive: true });
      return;
    case "COPY":
      copy(step, image, context, built);
      return;
    case "RUN":
      run(step, image);
      return;
    case "ENV":
      for (const word of step.words) {
        const at = word.indexOf("=");
        image.env[word.slice(0, at)] = word.slice(at + 1);
      }
      return;
    case "USER":
      image.user = step.words[0] ?? "";
      return;
    case "VOLUME":
      image.volumes.push(...step.words);
      return;
    case "HEALTHCHECK":
      image.healthcheck = execOf(step);
      return;
    case "ENTRYPOINT":
      image.command = execOf(step);
      return;
    case "EXPOSE":
    case "STOPSIGNAL":
      return;
    default:
      throw new Error(`${step.keyword} cannot be done here`);
  }
}

function execOf(step: Step): readonly string[] {
  if (step.exec === null) throw new Error(`${step.keyword} is not in exec form`);
  return step.exec;
}

function copy(step: Step, image: Image, context: string, built: ReadonlyMap<string, Image>): void {
  const stage = step.flags.get("from");
  const from = stage === undefined ? context : built.get(stage)?.root;
  if (from === undefined) throw new Error(`COPY --from=${stage}: there is no such stage before it`);
  const isKept = stage === undefined ? contextFilter(context) : () => true;
  const sources = step.words.slice(0, -1);
  const to = step.words.at(-1) ?? "";
  const target = join(image.root, posix.resolve(image.folder, to));
  for (const name of sources) {
    const source = join(from, name);
    if (!existsSync(source) || !isKept(source)) throw new Error(`COPY ${name}: there is none`);
    const intoFolder = sources.length > 1 || to.endsWith("/");
    const isFile = statSync(source).isFile();
    const place = isFile && intoFolder ? join(target, basename(name)) : target;
    cpSync(source, place, { recursive: true, verbatimSymlinks: true, filter: isKept });
    own(place, step.flags.get("chown") ?? owned);
  }
}

/** Whether a file of the context is there for an engine: .dockerignore lets it pass. */
export function contextFilter(context: string): (file: string) => boolean {
  const rules = ignore().add(readFileSync(join(context, ".dockerignore"), "utf8"));
  return (file) => {
    const name = relative(context, file);
    return name === "" || !rules.ignores(name);
  };
}

/** Without root there is one user only, and it owns everything. */
function own(file: string, user: string): void {
  if (process.getuid?.() !== 0) return;
  const [uid = 0, gid = 0] = user.split(":").map(Number);
  lchownSync(file, uid, gid);
  if (!statSync(file, { throwIfNoEntry: false })?.isDirectory()) return;
  for (const name of readdirSync(file, { recursive: true, encoding: "utf8" }))
    lchownSync(join(file, name), uid, gid);
}

function run(step: Step, image: Image): void {
  const mounts: Record<string, string> = {};
  for (const [flag, value] of step.flags) {
    const target = /^type=cache,target=(\S+)$/.exec(value)?.[1];
    if (flag !== "mount" || target === undefined) throw new Error(`RUN --${flag}=${value}`);
    mkdirSync(join(image.root, target), { recursive: true });
    mounts[target] = packageCache();
  }
  const npmrc = join(homedir(), ".npmrc");
  if (existsSync(npmrc)) {
    place(join(image.root, home, ".npmrc"));
    mounts[`${home}/.npmrc`] = npmrc;
  }
  const machine = Object.entries(process.env).flatMap(([name, value]) =>
    passedOn.test(name) && value !== undefined ? [[name, value] as const] : [],
  );
  const env = { HOME: home, ...image.env, ...Object.fromEntries(machine) };
  const { root, user, folder } = image;
  const command = containerCommand({ root, command: execOf(step), user, folder, env, mounts });
  const { exitCode, stderr } = Bun.spawnSync(command, { stdin: "ignore", timeout: 120_000 });
  if (exitCode !== 0) throw new Error(`RUN ${execOf(step).join(" ")}: ${stderr.toString()}`);
}

/** The packages that this machine has at hand, so that a build downloads none again. */
function packageCache(): string {
  const found = Bun.spawnSync([process.execPath, "pm", "cache"]).stdout.toString().trim();
  mkdirSync(found, { recursive: true });
  return found;
}
