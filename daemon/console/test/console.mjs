// The console in Chromium, used as an operator would: ROSTOD_URL is a daemon,
// ROSTOD_API_KEY a key that may do everything. Each step that holds prints a line.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { launch } from "../../../capture/web/test/browsers.mjs";

const { ROSTOD_URL: url, ROSTOD_API_KEY: all, ROSTOD_REVOKED: revoked, ROSTOD_EXAMINER: examiner } = process.env;
const artefacts = process.env.ROSTOD_ARTEFACTS;
const faces = process.env.ROSTOD_FACES;
const risk = "/api/identity/settings/risk-tiers";

/** ask asks the daemon beside the page, as a teller's software does. */
async function ask(path, body, { method = body ? "POST" : "GET", key = all } = {}) {
	const response = await fetch(url + path, {
		method,
		headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	const said = await response.json();
	assert.ok(response.ok, `${path}: ${response.status} ${JSON.stringify(said)}`);
	return said;
}

const face = async (name) => (await readFile(join(faces, name))).toString("base64");
const made = async (...scopes) => (await ask("/api/keys", { scopes, label: scopes.join(" ") })).key;
const eyes = async (holder) =>
	(await ask("/api/keys", { scopes: ["watchlist:view", "watchlist:write"], label: "watchlist", holder })).key;

const browser = await launch("chromium", { width: 1280, height: 800 });
const page = await browser.newPage();
const trouble = [];
const asked = [];
page.on("pageerror", (e) => trouble.push(String(e?.stack ?? e)));
page.on("request", (r) => asked.push(r));
await page.evaluateOnNewDocument(() => {
	window.violations = [];
	document.addEventListener("securitypolicyviolation", (e) =>
		window.violations.push(`${e.violatedDirective} ${e.blockedURI}`),
	);
	localStorage.setItem("rostod-language", "en");
});

const patience = { timeout: 60_000, polling: 100 };
const text = (selector) => page.$eval(selector, (e) => e.textContent);
/** until waits for words in what a selector finds. */
const until = (selector, words) =>
	page
		.waitForFunction(
			(s, w) => [...document.querySelectorAll(s)].some((e) => e.textContent.includes(w)),
			patience,
			selector,
			words,
		)
		.catch(async (why) => {
			throw new Error(`"${words}" in ${selector}: ${why}; the page says: ${await text("body")}`);
		});
/** press presses the button with exactly these words, by the keyboard. */
async function press(words, within = "body") {
	const button = await page.waitForFunction(
		(w, s) => [...document.querySelector(s).querySelectorAll("button, a")].find((b) => b.textContent === w),
		patience,
		words,
		within,
	);
	await button.asElement().focus();
	await page.keyboard.press("Enter");
}
/** type replaces what stands in a field. */
async function type(selector, words) {
	await page.waitForSelector(selector, patience);
	await page.$eval(selector, (e) => {
		e.value = "";
	});
	if (words) await page.type(selector, words);
}
const shot = async (name) => {
	if (!artefacts) return;
	await mkdir(artefacts, { recursive: true });
	await page.screenshot({ path: join(artefacts, `console-${name}.png`) });
};
async function enter(key) {
	await type("input[name=key]", key);
	await page.keyboard.press("Enter");
}
const big = () => page.$eval(".upstream .big strong", (e) => Number(e.textContent.replace(/\D/g, "")));

await page.goto(`${url}/console`);
await enter("rk_nobody");
await until(".problem", "This is no key of this daemon.");
assert.equal(await page.evaluate(() => sessionStorage.length), 0);
console.log("wrong key");

await enter(revoked);
await until(".problem", "This key has been revoked.");
console.log("revoked key");

await enter(all);
await until("h1", "Status");
await until(".banner.ok h2", "Ready");
for (const view of ["Status", "Attempts", "Risk tiers", "Watchlist", "Notifications"]) await until("nav a", view);
for (const part of ["Headquarters", "Journal", "Index of faces", "Retention and erasure", "Models", "Checks"])
	await until(".card h2", part);
assert.equal(await page.$$eval("nav a[aria-current]", (all) => all.map((a) => a.textContent).join()), "Status");
await shot("status");
console.log("signed in");

const before = await big();
assert.ok(before > 0, "a daemon that has made keys has something to send");
await ask("/api/identity/face/enroll", { customerId: "cus_console", image: await face("img2.jpg") });
const decided = await ask("/api/identity/auth/step-up", {
	customerId: "cus_console",
	riskLevel: "medium",
	trigger: "withdrawal",
	deviceId: "kiosk-console",
	image: await face("img4.jpg"),
});
await ask("/api/identity/auth/step-up", { customerId: "cus_console", riskLevel: "low", image: await face("img4.jpg") });
const { unsent } = await ask("/api/upstream");
assert.ok(unsent > before, "an enrolment and a step-up are entries");
await until(".upstream .big strong", String(unsent));
assert.equal(await big(), unsent);
console.log("unsent grows");

await press("Risk tiers");
await type("input[name='high.threshold']", "0.57");
await type("input[name='lockout.afterFailures']", "5");
await type("input[name='behaviour.windowDays']", "14");
await type("input[name=note]", "After the review");
await press("Review the change…");
await page.waitForSelector("dialog[open]", patience);
const compared = await text("dialog table");
for (const part of ["0.55", "0.57", "asks for more than now", "asks for less than now"])
	assert.ok(compared.includes(part), `${part} is missing in ${compared}`);
await shot("change");
assert.equal((await ask(risk)).version, 0, "nothing is changed before it is confirmed");
await press("Change", "dialog");
await until(".said", "Version 1 holds now.");
await until(".versions td", "After the review");
const policy = await ask(risk);
assert.deepEqual(policy.overrides, {
	high: { threshold: 0.57 },
	lockout: { afterFailures: 5 },
	behaviour: { windowDays: 14 },
});
assert.equal(policy.note, "After the review");
console.log("setting changed");

await type("input[name='high.threshold']", "0.58");
await ask(risk, { version: 1, tiers: { high: { threshold: 0.6 } } }, { method: "PUT" });
await press("Review the change…");
await press("Change", "dialog");
await until(".problem", "Somebody else has changed the risk tiers meanwhile.");
assert.equal((await ask(risk)).tiers.high.threshold, 0.6);
await press("Load anew");
await page.waitForFunction(() => document.querySelector("[name='high.threshold']")?.value === "0.6", patience);
console.log("somebody was faster");

await type("input[name='low.threshold']", "0.9");
await press("Review the change…");
await press("Change", "dialog");
await until(".problem", "must not ask for less than low does");
assert.equal(await page.$eval("[name='medium.threshold']", (e) => e.getAttribute("aria-invalid")), "true");
await type("input[name='low.threshold']", "2");
await press("Review the change…");
await until(".problem", "This is not a number that fits here.");
assert.equal((await ask(risk)).version, 2);
console.log("unsound");

await press("Attempts");
await until(".found", "Attempts found: 2");
await type("input[name=q]", "withdrawal kiosk-console");
await page.keyboard.press("Enter");
await until(".found", "Attempts found: 1");
assert.equal(await page.$$eval("tr.attempt", (all) => all.length), 1);
await until("tr.attempt", "cus_console");
await page.focus("button.opener");
await page.keyboard.press("Enter");
const opened = await text("tr.detail");
for (const part of [
	decided.audit.attemptId,
	"Similarity",
	"Threshold",
	decided.match.verdict.replace("_", " "),
	decided.liveness.verdict,
])
	assert.ok(opened.includes(part), `${part} is missing in ${opened}`);
await shot("attempt");
await type("input[name=q]", "nobody-of-this-name");
await page.keyboard.press("Enter");
await until(".found", "No attempt fits.");
await type("input[name=q]", '"open');
await page.keyboard.press("Enter");
await until(".problem", "These words cannot be searched for.");
await press("Clear all");
await until(".found", "Attempts found: 2");
console.log("attempt found");

const folder = await browser.target().createCDPSession();
await folder.send("Browser.setDownloadBehavior", { behavior: "deny", eventsEnabled: true });
const saved = () => new Promise((done) => folder.once("Browser.downloadWillBegin", (e) => done(e.suggestedFilename)));
await page.focus("button.opener");
await page.keyboard.press("Enter");
let name = saved();
await press("Save the receipt");
await page.waitForSelector("dialog[open] input", patience);
await page.keyboard.type("caso 118, revisão");
await page.keyboard.press("Enter");
assert.match(await name, /^receipt-\d+\.json$/);
const viewed = (await ask("/api/access-log")).data.filter((v) => v.what === "entry.receipt");
assert.equal(viewed.at(-1)?.reason, "caso 118, revisão");
console.log("receipt noted");

name = saved();
await press("Export…");
await press("Export", "dialog");
assert.match(await name, /\.zip$/);
await until(".found", "Saved as");
console.log("exported");

// A capture takes a camera and its time, which is TestFlash's part: here the row
// is told that it has one, and a drawing is handed out.
const drawing =
	'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><style>rect{fill:red}</style><rect width="9" height="9"/></svg>';
const looks = [];
const pretend = async (r) => {
	const path = new URL(r.url()).pathname;
	if (path === "/api/identity/captures/cap_1/evidence.svg") {
		looks.push(Buffer.from(r.headers()["x-access-reason"] ?? "", "latin1").toString("utf8"));
		return r.respond({ contentType: "image/svg+xml", body: drawing });
	}
	if (path !== "/api/identity/attempts/search") return r.continue();
	const found = await ask(path, JSON.parse(r.postData()));
	for (const row of found.data) row.captureId = "cap_1";
	return r.respond({ contentType: "application/json", body: JSON.stringify(found) });
};
await page.setRequestInterception(true);
page.on("request", pretend);
await type("input[name=q]", "withdrawal");
await press("Search");
await until(".found", "Attempts found: 1");
await page.waitForSelector("button.opener", patience);
await page.focus("button.opener");
await page.keyboard.press("Enter");
await press("Show what the light measured");
await page.waitForSelector("dialog[open] input", patience);
await page.keyboard.press("Escape");
await page.waitForFunction(() => !document.querySelector("dialog"), patience);
assert.deepEqual(looks, [], "nothing is asked for without a reason");
await press("Show what the light measured");
await page.waitForSelector("dialog[open] input", patience);
await page.$eval("dialog input", (e) => e.select());
await page.keyboard.type("caso 119");
await page.keyboard.press("Enter");
await page.waitForFunction(() => document.querySelector("figure img")?.naturalWidth > 0, patience);
assert.deepEqual(looks, ["caso 119"]);
await press("Hide");
assert.equal(await page.$("figure"), null);
page.off("request", pretend);
await page.setRequestInterception(false);
console.log("drawing with a reason");

const proposer = await eyes("Rosa");
await press("Sign out");
await enter(proposer);
await ask(
	"/api/watchlist",
	{ image: await face("img7.jpg"), reason: "case 118", source: "fraud desk", expiresInDays: 30 },
	{ method: "POST", key: proposer },
);
await press("Watchlist");
await until(".waits", "Proposed with your key: the key of another holder must confirm.");
await press("Sign out");
await enter(await eyes("Rui"));
await until(".waits", "case 118");
await press("Confirm");
await press("Confirm", "dialog");
await until(".others", "case 118");
assert.equal((await ask("/api/watchlist")).data[0].state, "active");
console.log("watchlist confirmed");

await press("Sign out");
await enter(examiner);
await until("h1", "Attempts");
assert.deepEqual(await page.$$eval("nav a", (all) => all.map((a) => a.textContent)), ["Attempts"]);
await until("main", "Scores are hidden: your key lacks the permission scores:view.");
await page.evaluate(() => {
	location.hash = "status";
});
await until(".problem", "Your key lacks the permission status:view.");
await until(".problem pre", "rostod keys create --scopes status:view");
await shot("missing-scope");
console.log("missing scope");

await press("Sign out");
await enter(await made("settings:view"));
await until(".problem", "your key needs the permission settings:write.");
assert.ok(await page.$$eval(".tiers input", (all) => all.length > 0 && all.every((i) => i.disabled)));
console.log("read only");

await press("Sign out");
await enter(await made("status:view"));
await until(".banner.ok h2", "Ready");
await page.setOfflineMode(true);
await until(".banner.lost", "The daemon cannot be reached");
await until(".banner.lost", "old");
await shot("lost");
await page.setOfflineMode(false);
await page.waitForFunction(() => !document.querySelector(".banner.lost"), patience);
console.log("lost and found");

const later = () =>
	page.evaluate(() => {
		const now = Date.now;
		Date.now = () => now() + 16 * 60_000;
		return new Promise((done) => setTimeout(done, 11_000));
	});
await later();
assert.equal(await text("h1"), "Status", "a screen on the wall stays");
await press("Sign out");
await until(".said", "You are signed out.");
await page.reload();
await enter(examiner);
await until("h1", "Attempts");
await later();
await until(".said", "You were signed out after 15 minutes without use.");
assert.equal(await page.evaluate(() => sessionStorage.length), 0);
console.log("idle");

await enter(examiner);
await until("h1", "Attempts");
await press("Sign out");
await until(".said", "You are signed out.");
assert.equal(await page.evaluate(() => sessionStorage.length), 0);
console.log("signed out");

assert.deepEqual(trouble, []);
assert.deepEqual(await page.evaluate(() => window.violations), []);
for (const r of asked) {
	// data: is the browser's own, in its fields for days.
	const ours = [`${url}/`, "blob:", "data:"].some((begin) => r.url().startsWith(begin));
	assert.ok(ours, `the page asked ${r.url()}`);
	assert.ok(!r.url().includes("rk_"), "a key stands in an address");
	assert.equal(r.headers().cookie, undefined);
}
console.log("nothing forbidden");
await browser.close();
