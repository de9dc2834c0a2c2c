// A process with a root folder, process numbers and a user of its own, as a container engine starts one; the network is
// this machine's. It takes root, or user namespaces that anybody may make.

import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { removeFolder, temporaryFolder } from "../servers/process.ts";

export interface ContainerProcess {
  /** Folder that is / inside. */
  readonly root: string;
  readonly command: readonly string[];
  /** `0:0`, or the numbers of another user and group. */
  readonly user: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Path inside -> folder or file outside. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Nothing but the mounts can be written, as with Kubernetes' readOnlyRootFilesystem. */
  readonly readOnly?: boolean;
}

const isRoot = process.getuid?.() === 0;
const devices = ["null", "zero", "random", "urandom"];

/** In the new namespaces: gives the root what an engine mounts, and becomes the command, which so is process 1. */
const script = `set -eu
root=$1 writable=$2 mounts=$3; shift 3
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
for device in ${devices.join(" ")}; do mount --bind "/dev/$device" "$root/dev/$device"; done
[ "$writable" = yes ] || mount -o remount,bind,ro "$root"
while [ "$mounts" -gt 0 ]; do mount --bind "$2" "$root$1"; shift 2; mounts=$((mounts - 1)); done
exec "$@"`;

/** What to spawn; the process that it starts is the first of its container. */
export function containerCommand(given: ContainerProcess): string[] {
  const { root, command, user, folder, env, mounts = {}, readOnly = false } = given;
  for (const name of devices) place(join(root, "dev", name));
  mkdirSync(join(root, "proc"), { recursive: true });
  const pairs = Object.entries(mounts);
  const [uid = "0", gid = "0"] = user.split(":");
  const asUser = isRoot
    ? ["--setuid", uid, "--setgid", gid]
    : ["--user", `--map-user=${uid}`, `--map-group=${gid}`];
  return [
    ...["unshare", "--mount", "--pid", "--fork", "--kill-child"],
    ...(isRoot ? [] : ["--map-root-user"]),
    ...["sh", "-c", script, "sh", root, readOnly ? "no" : "yes", String(pairs.length)],
    ...pairs.flat(),
    ...["env", "-i", ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
    // By its path, since the variable that would find it is the container's.
    ...[Bun.which("unshare") ?? "unshare", `--root=${root}`, `--wd=${folder}`, ...asUser],
    ...command,
  ];
}

/** Why no container can be had on this machine; null where it can. */
export function whyNoContainers(): string | null {
  if (process.platform !== "linux") return "containers are made of Linux namespaces";
  const root = temporaryFolder("container");
  try {
    layBase(root);
    const run = Bun.spawnSync(
      containerCommand({
        root,
        command: ["/usr/local/bin/bun", "--version"],
        user: "65532:65532",
        folder: "/",
        env: {},
      }),
      { stdin: "ignore" },
    );
    if (run.exitCode === 0) return null;
    return `namespaces cannot be made here (as root, or where users may): ${run.stderr.toString().trim()}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    removeFolder(root);
  }
}

/** What of Bun's images the service and its build need: Bun, its libraries, certificates, names; the distroless one has no tools. */
export function layBase(root: string, tools: readonly string[] = []): void {
  mkdirSync(root, { recursive: true });
  // A temporary folder is closed to others, and a root is not.
  chmodSync(root, 0o755);
  const places = new Map([[process.execPath, "/usr/local/bin/bun"]]);
  for (const tool of tools) places.set(Bun.which(tool) ?? tool, `/usr/bin/${tool}`);
  const ldd = Bun.spawnSync(["ldd", ...places.keys()]).stdout.toString();
  const libraries = [...ldd.matchAll(/(?:=> |^\s+)(\/\S+)/gm)].map(([, path]) => path ?? "");
  for (const path of [...libraries, "/etc/ssl/certs/ca-certificates.crt", "/etc/resolv.conf"])
    places.set(path, path);
  for (const [from, to] of places) {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    cpSync(from, join(root, to), { dereference: true });
  }
  const passwd = "root:x:0:0::/root:\nnonroot:x:65532:65532::/nonexistent:\n";
  writeFileSync(join(root, "etc/passwd"), passwd);
  writeFileSync(join(root, "etc/group"), "root:x:0:\nnonroot:x:65532:\n");
  writeFileSync(join(root, "etc/nsswitch.conf"), "hosts: files dns\n");
  writeFileSync(join(root, "etc/hosts"), "127.0.0.1 localhost\n");
  for (const folder of ["root", "home/nonroot"]) mkdirSync(join(root, folder), { recursive: true });
  mkdirSync(join(root, "tmp"));
}

/** A file to mount another one over. */
export function place(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "", { flag: "a" });
}
