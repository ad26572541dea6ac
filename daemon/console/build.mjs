// Builds dist/ from ui/. `node build.mjs FOLDER` builds there instead, which is
// how the test compares. esbuild is the one of capture/web: scripts/browsers.sh.
import { cp, mkdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const capture = join(here, "..", "..", "capture", "web");
const { build } = createRequire(join(capture, "package.json"))("esbuild");
const out = process.argv[2] ?? join(here, "dist");

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
	absWorkingDir: here,
	entryPoints: { console: "ui/main.ts" },
	outdir: out,
	bundle: true,
	format: "esm",
	target: "es2022",
	minify: true,
	legalComments: "none",
	charset: "utf8",
	logLevel: "warning",
});
for (const name of ["console.html", "console.css"]) await cp(join(here, "ui", name), join(out, name));
await cp(join(capture, "pages", "icon.svg"), join(out, "icon.svg"));
