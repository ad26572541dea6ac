// The page that checks receipts (engine/audit), opened from the disk as an examiner would.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launch } from "./browsers.mjs";

const room = new URL("../../../engine/audit/", import.meta.url);
const of = (name) => new URL(`testdata/${name}`, room).pathname;
let browser;
let page;
let folder;
let key;

before(async () => {
	folder = await mkdtemp(join(tmpdir(), "receipt-"));
	key = (await readFile(of("log.key"), "utf8")).trim();
	browser = await launch();
	page = await browser.newPage();
	page.asked = [];
	page.on("request", (r) => page.asked.push(r.url()));
	await page.goto(pathToFileURL(new URL("verify.html", room).pathname).href);
});

after(async () => {
	await browser?.close();
	await rm(folder, { recursive: true, force: true });
});

/** checked are the answers about files, good or not, with their text. */
async function checked(withKey, ...files) {
	await page.$eval("#key", (e) => {
		e.value = "";
	});
	await (await page.$("#files")).uploadFile(...files);
	// The field is set at once: a half-typed key is answered, too.
	await page.$eval(
		"#key",
		(e, text) => {
			document.querySelector("#answers").replaceChildren();
			e.value = text;
			e.dispatchEvent(new Event("input"));
		},
		withKey,
	);
	await page.waitForSelector("article");
	return page.$$eval("article", (all) => all.map((a) => ({ good: a.className === "good", text: a.textContent })));
}

async function altered(name, from, to) {
	const text = await readFile(of(name), "utf8");
	const other = text.replace(from, to);
	assert.notEqual(other, text, "nothing was altered");
	const path = join(folder, `${Math.random()}-${name}`);
	await writeFile(path, other);
	return path;
}

test("a receipt is proved, and opened", async () => {
	const [answer, ...more] = await checked(key, of("receipt.json"));
	assert.equal(more.length, 0);
	assert.equal(answer.good, true, answer.text);
	for (const part of ["Proved: receipt.json", "stepup.decided", "cus_1", "similarity", "policyVersion"])
		assert.ok(answer.text.includes(part), `${part} is missing in ${answer.text}`);
	const shots = process.env.ROSTOD_ARTEFACTS ?? folder;
	await mkdir(shots, { recursive: true });
	await page.screenshot({ path: join(shots, "receipt.png"), fullPage: true });
});

test("nothing that was altered is believed", async () => {
	const text = JSON.parse(await readFile(of("receipt.json"), "utf8"));
	const hash = text.proof.split("\n")[3];
	const cases = [
		["receipt.json", '"value":"cus_1"', '"value":"cus_2"', /not the one that the entry commits to: customer/],
		["receipt.json", "index ", "index 1", /not in the log at that place/],
		["receipt.json", hash, `${hash.startsWith("A") ? "B" : "A"}${hash.slice(1)}`, /not in the log at that place/],
		["receipt.json", '"receipt":1', '"receipt":2', /not in the format/],
		["receipt.json", "{", "{{", /not in the format/],
		["later.tlog-proof", "extra ", "extra !", /not in the format/],
	];
	for (const [name, from, to, why] of cases) {
		const [answer] = await checked(key, await altered(name, from, to));
		assert.equal(answer.good, false, `${name} with ${to}: ${answer.text}`);
		if (name === "receipt.json") assert.match(answer.text, why);
	}
	const [answer] = await checked(key.replace("rostod/", "rostod/0"), of("receipt.json"));
	assert.equal(answer.good, false);
	assert.match(answer.text, /no key/);
});

test("later keys are believed through those before, and only through them", async () => {
	const [alone] = await checked(key, of("later.tlog-proof"));
	assert.match(alone.text, /Not proved[\s\S]*not signed by a key that is trusted/);
	const both = await checked(key, of("keys.json"), of("later.tlog-proof"), of("receipt.json"));
	assert.deepEqual(
		both.map((a) => a.good),
		[true, true],
		JSON.stringify(both),
	);
	const forged = await altered("keys.json", "index ", "index 1");
	const [answer] = await checked(key, forged, of("later.tlog-proof"));
	assert.equal(answer.good, false, answer.text);
});

test("the page asks nobody", () =>
	assert.deepEqual(
		page.asked.filter((u) => !u.startsWith("file:")),
		[],
	));
