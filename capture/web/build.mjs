// Builds dist/ from src/ and pages/. `node build.mjs FOLDER` builds there
// instead, which is how the test compares.
import { cp, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "dist");

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
	absWorkingDir: here,
	entryPoints: { "rostod-capture": "src/main.ts", capture: "src/page.ts", journey: "src/journey/page.ts" },
	outdir: out,
	bundle: true,
	format: "esm",
	target: "es2022",
	minify: true,
	legalComments: "none",
	charset: "utf8",
	loader: { ".css": "text" },
	logLevel: "warning",
});
for (const name of ["capture.html", "capture.css", "journey.html", "icon.svg"])
	await cp(join(here, "pages", name), join(out, name));
