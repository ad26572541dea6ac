// Browsers against a real daemon: a customer who lives passes, and each way to
// pretend is refused.
//
//	node e2e/run.mjs [chromium|firefox] [CASE...]
//
//	ROSTOD_URL, ROSTOD_API_KEY   the daemon, see service.mjs
//	ROSTOD_BASIS                 a folder that `rostod lab basis` wrote
//	ROSTOD_ARTEFACTS             where the screenshots go; none are taken without
//
// One line of JSON for each case; exit code 1 when one was not as it must be.
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, press } from "../test/browsers.mjs";
import { basis, call, challenge, judged, must, stepUp } from "./service.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [engine = "chromium", ...chosen] = process.argv.slice(2);
const artefacts = process.env.ROSTOD_ARTEFACTS;
const pictures = await basis(process.env.ROSTOD_BASIS ?? "/tmp/basis/procedural");
const script = await readFile(join(here, "customer.js"), "utf8");
const run = Date.now().toString(36);
let customers = 0;

/**
 * What is filmed in each case, and how it must end: "allowed", or "refused",
 * which is a retry, or a capture that step-up does not allow.
 */
const cases = {
	live: [{ kind: "live" }, "allowed"],
	soft: [{ kind: "live", challenge: { soft: true, allowOtherWay: false } }, "allowed"],
	still: [{ kind: "still" }, "refused"],
	replay: [{ kind: "replay" }, "refused"],
	wrong: [{ kind: "wrong" }, "refused"],
	tint: [{ kind: "tint" }, "refused"],
	facetint: [{ kind: "facetint" }, "refused"],
	freeze: [{ kind: "live", freezeAt: 4 }, "retried"],
};

// The head was lit by a screen of 24 inches, and the page says how many pixels its own has.
process.env.MOZ_HEADLESS_WIDTH = "1920";
process.env.MOZ_HEADLESS_HEIGHT = "1080";
const args = engine === "chromium" ? ["--screen-info={1920x1080}"] : [];
const browser = await launch(engine, { width: 1280, height: 720, args });
if (artefacts) await mkdir(artefacts, { recursive: true });

/** visit opens the page of a challenge with a customer in front of its camera. */
async function visit(url, setting) {
	const page = await browser.newPage();
	page.trouble = [];
	page.on("pageerror", (e) => page.trouble.push(String(e)));
	page.on("console", (m) => m.type() === "error" && page.trouble.push(m.text()));
	await page.evaluateOnNewDocument(
		(s) => {
			window.customerSetting = s;
			window.seen = [];
			for (const type of ["rostod-captured", "rostod-retry", "rostod-other-way", "rostod-error", "rostod-progress"])
				window.addEventListener(type, (e) => window.seen.push({ type, ...e.detail }), true);
		},
		{ ...setting, basis: pictures },
	);
	await page.evaluateOnNewDocument(script);
	await page.goto(url, { waitUntil: "load" });
	await page.waitForFunction(() => document.querySelector("rostod-capture")?.state);
	return page;
}

/** The states that a capture can end in, and how long it is waited for, milliseconds. */
const ends = ["captured", "retry", "stopped", "other_way", "problem"];
const patience = 40_000;

/** until waits for one of the states and answers which, or undefined when none came. */
async function until(page, ms, ...wanted) {
	const look = (w) => {
		const { state } = document.querySelector("rostod-capture");
		return w.includes(state) ? state : false;
	};
	try {
		return await (await page.waitForFunction(look, { timeout: ms, polling: 50 }, wanted)).jsonValue();
	} catch {
		return undefined;
	}
}

/** begin presses start until the colours come: on a slow machine the picture may become too poor again between the two. */
async function begin(page, shot) {
	for (const late = Date.now() + patience; Date.now() < late; ) {
		const now = await until(page, patience, "ready", "problem");
		if (now === "problem") break;
		await shot();
		await press(page, "primary");
		if (await until(page, 6000, "colours", ...ends)) return;
	}
	throw stuck;
}

/** stuck says that the colours did not begin, however long start was pressed. */
const stuck = new Error("the colours did not begin");

/** capture goes through one challenge and answers how it ended. */
async function capture(name, customerId, setting) {
	const c = await challenge(customerId, setting.challenge);
	const page = await visit(c.captureUrl, setting);
	const shot = async (what) => artefacts && page.screenshot({ path: join(artefacts, `${engine}-${name}-${what}.png`) });
	try {
		await shot("1-intro");
		await press(page, "primary");
		await until(page, patience, "position", "ready", "problem");
		await shot("2-guide");
		await begin(page, () => shot("3-ready"));
		await new Promise((done) => setTimeout(done, 2500));
		await shot("4-colours");
		const outcome = await until(page, patience, ...ends);
		await shot("5-" + outcome);
		const seen = await page.evaluate(() => window.seen);
		page.trouble.push(...(await page.evaluate(() => window.customer.trouble)));
		const bundle = seen.find((e) => e.type === "rostod-captured")?.bundle;
		const hint = seen.filter((e) => e.type === "rostod-progress").at(-1)?.hint;
		const kept = setting.record ? await page.evaluate(() => window.customer.keep()) : 0;
		return { challenge: c.id, outcome, hint, bundle, ...(kept ? { kept } : {}), trouble: page.trouble };
	} catch (cause) {
		await shot("9-stuck");
		const where = await page.evaluate(() => [document.querySelector("rostod-capture")?.state, window.seen]);
		// The daemon had a reason not to begin: of a machine that is too slow it is heard here.
		const hint = where[1].findLast((e) => slow.has(e.hint))?.hint;
		if (cause === stuck && hint) return { challenge: c.id, outcome: "stuck", hint, trouble: page.trouble };
		throw new Error(JSON.stringify([...where, page.trouble]), { cause });
	} finally {
		await page.close();
	}
}

/** enrol enrols the customer by a picture of the same head. */
async function enrol(customerId) {
	const c = await challenge(customerId);
	const page = await visit(c.captureUrl, { kind: "live" });
	const image = await page.evaluate(() => window.customer.portrait());
	await page.close();
	const answer = await call("POST", "/api/identity/face/enroll", { customerId, image });
	if (answer.status === 201) return "picture";
	// A drawn head may not pass as a picture of a living one; by its light it must.
	const live = await capture("enrol", customerId, { kind: "live" });
	if (!live.bundle) throw new Error(`enrol by picture: ${JSON.stringify(answer)}; by light: ${JSON.stringify(live)}`);
	await must(201, "POST", "/api/identity/face/enroll", { customerId, bundle: live.bundle });
	return "bundle";
}

/** judge says what became of a capture; it uses the bundle up. */
async function judge(customerId, ended) {
	if (!ended.bundle) return { ended: ended.outcome, hint: ended.hint };
	const { liveness, capture: made } = await judged(ended.challenge);
	const { allow } = await stepUp(customerId, ended.bundle);
	return { ended: "captured", allow, liveness, capture: made };
}

/** What a machine that is too slow for two programs at once brings about, whoever is in front of the camera. */
const slow = new Set([
	"frame_rate",
	"display_unstable",
	"low_bitrate",
	"low_frame_rate",
	"camera_lost",
	"try_again",
	"stream_gap",
]);

function hampered({ ended, hint, liveness }) {
	if (ended !== "captured") return slow.has(hint) || ended === "stopped";
	return liveness.verdict === "unclear" && (liveness.reasons ?? []).some((r) => slow.has(r));
}

/** film is a customer of its own: enrolled, filmed, judged. */
async function film(name, setting) {
	const customerId = `e2e-${engine}-${name}-${run}-${++customers}`;
	const enrolled = await enrol(customerId);
	// What is replayed is an earlier session of the same customer.
	const kept =
		name === "replay" ? (await capture("replay-tape", customerId, { kind: "live", record: true })).kept : undefined;
	const ended = await capture(name, customerId, setting);
	return { customerId, enrolled, kept, ...(await judge(customerId, ended)), trouble: ended.trouble };
}

/** tried films until the machine kept up, three times at most: a case is decided by who was filmed. */
async function tried(name, setting) {
	for (let tries = 1; ; tries++) {
		const found = { ...(await film(name, setting)), tries };
		if (tries === 3 || !hampered(found)) return found;
	}
}

async function one(name) {
	const [setting, must] = cases[name];
	const result = { case: name, engine, must };
	switch (must) {
		case "retried":
			Object.assign(result, await film(name, setting));
			result.again = await tried(`${name}-again`, { kind: "live" });
			result.ok = result.ended === "retry" && result.again.allow === true;
			break;
		case "allowed":
			Object.assign(result, await tried(name, setting));
			result.ok = result.allow === true;
			break;
		default:
			Object.assign(result, await tried(name, setting));
			result.ok = ["retry", "other_way"].includes(result.ended) || result.allow === false;
	}
	result.ok &&= result.trouble.length === 0;
	return result;
}

let bad = 0;
const order = chosen.length > 0 ? chosen : Object.keys(cases);
for (const name of order) {
	let result;
	try {
		result = await one(name);
	} catch (error) {
		result = { case: name, engine, ok: false, error: String(error), cause: String(error?.cause ?? "") };
	}
	if (!result.ok) bad++;
	console.log(JSON.stringify(result));
}
await browser.close();
process.exit(bad > 0 ? 1 : 0);
