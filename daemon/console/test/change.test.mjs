// What a change of the risk tiers is: ui/change.ts.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const { build } = createRequire(new URL("../../../capture/web/package.json", import.meta.url))("esbuild");
const folder = await mkdtemp(join(tmpdir(), "console-"));
after(() => rm(folder, { recursive: true }));
const built = join(folder, "change.mjs");
await build({
	entryPoints: [fileURLToPath(new URL("../ui/change.ts", import.meta.url))],
	outfile: built,
	format: "esm",
	logLevel: "error",
});
const { changes, differences, readValue, tierSettings, lockSettings } = await import(pathToFileURL(built).href);

const tier = { threshold: 0.5, greyZone: 0.05, livenessThreshold: 0.5, spoofThreshold: 0.2, assurance: "low" };
const ages = { referenceMaxAgeMinutes: 0, verificationMaxAgeMinutes: 60 };
const lockout = { afterFailures: 2, firstMinutes: 15, factor: 2, longestMinutes: 1440 };
const behaviour = { windowDays: 7, identities: 2, deviceMinutes: 60, atDevice: 5, suspicions: 1 };
const all = { ...tier, ...ages };
const defaults = { version: 0, tiers: { low: all, medium: all, high: all }, lockout, behaviour };
const now = {
	version: 3,
	tiers: { low: all, medium: all, high: { ...all, threshold: 0.6 } },
	lockout,
	behaviour,
	overrides: { high: { threshold: 0.6 } },
};
const said = (list) => list.map((c) => `${c.group}.${c.setting.name} ${c.from} ${c.to} ${c.byDefault} ${c.asks}`);

test("nothing is a change that says the same", () => {
	assert.deepEqual(changes(now, defaults, { high: { threshold: 0.6 } }), []);
});

for (const [wanted, want] of [
	[{}, "high.threshold 0.6 0.5 true -1"],
	[{ high: { threshold: 0.7 } }, "high.threshold 0.6 0.7 false 1"],
	[{ high: { threshold: 0.55 } }, "high.threshold 0.6 0.55 false -1"],
	[{ high: { threshold: 0.6, assurance: "high" } }, "high.assurance low high false 1"],
	[{ high: { threshold: 0.6, greyZone: 0.1 } }, "high.greyZone 0.05 0.1 false 0"],
	// No age at all is what asks for least, so any age asks for more.
	[{ high: { threshold: 0.6, referenceMaxAgeMinutes: 525600 } }, "high.referenceMaxAgeMinutes 0 525600 false 1"],
	[{ high: { threshold: 0.6, verificationMaxAgeMinutes: 0 } }, "high.verificationMaxAgeMinutes 60 0 false 1"],
	[{ high: { threshold: 0.6 }, lockout: { afterFailures: 0 } }, "lockout.afterFailures 2 0 false -1"],
	[{ high: { threshold: 0.6 }, lockout: { afterFailures: 1 } }, "lockout.afterFailures 2 1 false 1"],
	[{ high: { threshold: 0.6 }, lockout: { firstMinutes: 5 } }, "lockout.firstMinutes 15 5 false -1"],
	[{ high: { threshold: 0.6 }, behaviour: { identities: 3 } }, "behaviour.identities 2 3 false -1"],
	[{ high: { threshold: 0.6 }, behaviour: { windowDays: 14 } }, "behaviour.windowDays 7 14 false 1"],
	// One's own value that equals the default is a change: it stays when the default moves.
	[{ high: { threshold: 0.6 }, low: { threshold: 0.5 } }, "low.threshold 0.5 0.5 false 0"],
])
	test(`${JSON.stringify(wanted)} is ${want}`, () => assert.deepEqual(said(changes(now, defaults, wanted)), [want]));

test("what is typed is a value, nothing, or a mistake", () => {
	const of = (name) => [...tierSettings, ...lockSettings].find((s) => s.name === name);
	for (const [name, typed, want] of [
		["threshold", " 0.55 ", 0.55],
		["threshold", "0,55", 0.55],
		["threshold", "", null],
		["threshold", "1.01", undefined],
		["threshold", "-0.1", undefined],
		["threshold", "high", undefined],
		["threshold", "0x1", undefined],
		["threshold", "Infinity", undefined],
		["threshold", "1,000,5", undefined],
		["firstMinutes", "15", 15],
		["firstMinutes", "15.5", undefined],
		["firstMinutes", "0", undefined],
		["assurance", "standard", "standard"],
		["assurance", "best", undefined],
		["assurance", "", null],
	])
		assert.equal(readValue(of(name), typed), want, `${name}: ${typed}`);
});

test("versions differ in what holds, whoever's value it is", () => {
	const found = differences(defaults, now).map((d) => `${d.group}.${d.setting.name} ${d.from} ${d.to}`);
	assert.deepEqual(found, ["high.threshold 0.5 0.6"]);
	assert.deepEqual(differences(now, now), []);
});
