// The page of a journey: {userRedirectUrl} is /process/{id}#{token}. It leads
// a customer from the first word to the way back, and never says what was
// found. docs/JOURNEY.md walks through it.

import { supported } from "../browser";
import { type Renewed, RostodCapture } from "../main";
import { fill } from "../words";
import { Api, type Code, Refusal, type View } from "./api";
import { type Action, brand, code, message, Screens, welcome } from "./screens";

if (!customElements.get("rostod-journey")) customElements.define("rostod-journey", Screens);

/** How long thanks can be read before the page goes on, and how often it is asked where a journey stands, milliseconds. */
const readable = 2200;
const every = 2000;

const screens = new Screens();
const api = new Api(takeToken());
let view: View | undefined;
let watching: ReturnType<typeof setTimeout> | undefined;

/** takeToken reads the token and takes it out of the address, where it could be read or kept. The tab's history entry keeps it for a reload. */
function takeToken(): string {
	const said = location.hash.slice(1);
	if (said) keep(said, said);
	return kept("token") || kept("link");
}

function keep(link: string, token: string): void {
	history.replaceState({ link, token }, "", location.pathname + location.search);
}

function kept(name: "link" | "token"): string {
	const state: unknown = history.state;
	const value = typeof state === "object" && state !== null ? (state as Record<string, unknown>)[name] : undefined;
	return typeof value === "string" ? value : "";
}

/** framed says whether another page holds this one. */
const framed = (): boolean => window.parent !== window;

/** tell says what happens to the pages that may hear it. */
function tell(type: string): void {
	const to: Window | null = framed() ? window.parent : (window.opener as Window | null);
	if (!to || !view) return;
	const known = location.ancestorOrigins?.[0];
	for (const origin of [location.origin, ...view.origins])
		if (!known || known === origin)
			to.postMessage({ source: "rostod-journey", type, processId: view.processId }, origin);
}

/** allowed says whether the page that holds this one may. A browser that does not say who it is delivers to nobody else than who is named. */
function allowed(): boolean {
	const known = location.ancestorOrigins?.[0];
	return !framed() || !known || known === location.origin || (view?.origins ?? []).includes(known);
}

function place(element: HTMLElement): void {
	document.documentElement.lang = screens.locale;
	document.title = screens.words.brand;
	if (!element.isConnected) document.body.replaceChildren(element);
}

function say(
	name: string,
	look: Parameters<typeof message>[0],
	title: string,
	text: string,
	...ways: (Action | undefined)[]
): void {
	place(screens);
	screens.show(message(look, title, text, ...ways.filter((a) => a !== undefined)), name);
}

const way = (text: string, act: () => unknown, primary = true): Action => ({ text, primary, act: () => void act() });

/** back is where the page goes in the end; undefined where it stays. */
function back(): (() => void) | undefined {
	const to = view?.callbackUri;
	if (!to || to === "/" || framed()) return undefined;
	return () => location.assign(to);
}

function goBack(text = screens.words.go): Action | undefined {
	const go = back();
	return go && way(text, go);
}

/** open takes the lead and shows where the journey stands. link is the way in that a page which has lost the lead still has. */
async function open(token = api.token): Promise<void> {
	clearTimeout(watching);
	api.token = token;
	try {
		view = await api.open();
	} catch (cause) {
		return refused(cause, () => open(token));
	}
	if (view.locale) screens.setAttribute("locale", view.locale);
	if (view.token) {
		api.token = view.token;
		keep(kept("link") || token, view.token);
	}
	if (!allowed())
		return say("foreign", { tone: "stop", drawing: "shield" }, screens.words.foreignTitle, screens.words.foreign);
	tell("opened");
	stand(true);
}

/** stand shows where the journey stands. found says that it stood there when the page was opened. */
function stand(found: boolean): void {
	const w = screens.words;
	switch (view?.state) {
		case "going":
			return begin();
		case "received":
			say("received", { tone: "wait", step: 3 }, w.waitTitle, w.wait);
			return follow(() => stand(false));
		case "done":
			return found ? say("already", { tone: "good" }, w.alreadyTitle, w.already, goBack()) : finish();
		case "expired":
			tell("expired");
			return say("expired", { tone: "stop", drawing: "wait" }, w.expiredTitle, w.expired, goBack());
		default:
			tell("finished");
			return say("failed", { tone: "stop", drawing: "shield" }, w.failedTitle, w.failed, goBack());
	}
}

function finish(): void {
	const w = screens.words;
	const go = back();
	tell("finished");
	say("done", { tone: "good", step: 3 }, w.doneTitle, go ? w.doneGo : w.done, goBack());
	if (go) setTimeout(go, readable);
}

function begin(): void {
	if (!view) return;
	const w = screens.words;
	const asks = view.consent;
	if (!asks && !view.phone) return film();
	const go = way(asks ? w.agree : w.begin, asks ? agree : film);
	const ways = view.phone
		? [go, way(w.phone, hand, false), way(w.cancel, leave, false)]
		: [go, way(w.cancel, leave, false)];
	place(screens);
	screens.show(welcome(w, asks, ...ways), "welcome");
}

async function agree(): Promise<void> {
	try {
		await api.consent();
		if (view) view.consent = false;
		film();
	} catch (cause) {
		refused(cause, agree);
	}
}

/** film shows the capture. A challenge is made when the customer wants to be filmed, and for each further try. */
function film(): void {
	const element = new RostodCapture();
	element.setAttribute("locale", screens.locale);
	element.setAttribute("other-way", "cancel");
	element.append(brand(screens.words.brand));
	element.renew = (): Promise<Renewed> =>
		api.challenge().catch((cause: unknown) => {
			refused(cause, film);
			throw cause;
		});
	element.addEventListener("rostod-captured", (e) => {
		const { bundle } = (e as CustomEvent<{ bundle: string }>).detail;
		void send(bundle);
	});
	element.addEventListener("rostod-other-way", () => void leave());
	tell("started");
	place(element);
}

/** send hands in what was captured; the same again when it did not arrive. */
async function send(bundle: string): Promise<void> {
	const w = screens.words;
	say("sending", { tone: "wait", step: 3 }, w.waitTitle, w.wait);
	try {
		const { state } = await api.capture(bundle);
		if (view) view.state = state;
		stand(false);
	} catch (cause) {
		refused(cause, () => send(bundle));
	}
}

/** hand makes a code for the phone, and follows the phone. */
async function hand(): Promise<void> {
	const w = screens.words;
	say("code-wait", { tone: "wait" }, w.waitTitle, "");
	try {
		const made = await api.handOver();
		showCode(made);
	} catch (cause) {
		refused(cause, begin);
	}
}

function showCode(made: Code): void {
	const w = screens.words;
	const late = Date.parse(made.expiresAt);
	let minutes = -1;
	let taken = false;
	const tick = async (): Promise<void> => {
		if (!taken && Date.now() >= late)
			return say(
				"code-late",
				{ tone: "again", drawing: "wait" },
				w.phoneLate,
				w.phoneLateText,
				way(w.phoneNew, hand),
				way(w.here, here, false),
			);
		const left = Math.max(1, Math.ceil((late - Date.now()) / 60_000));
		if (!taken && left !== minutes) {
			minutes = left;
			place(screens);
			screens.show(code(w, made, left, way(w.here, here), way(w.cancel, leave, false)), "code");
		}
		try {
			const { state, leads } = await api.state();
			if (view) view.state = state;
			if (state !== "going") return stand(false);
			if (!leads && !taken) {
				taken = true;
				say(
					"taken",
					{ tone: "wait" },
					w.phoneTaken,
					w.phoneTakenText,
					way(w.back, () => open(), false),
				);
			}
		} catch (cause) {
			if (!(cause instanceof Refusal && cause.code === "network")) return refused(cause, open);
		}
		watching = setTimeout(() => void tick(), every);
	};
	void tick();
}

/** here goes on where a code was shown. */
function here(): void {
	clearTimeout(watching);
	begin();
}

/** follow asks until the journey does not stand where it stood. */
function follow(then: () => void): void {
	watching = setTimeout(async () => {
		try {
			const before = view?.state;
			const { state } = await api.state();
			if (view) view.state = state;
			if (state !== before) return then();
		} catch (cause) {
			if (!(cause instanceof Refusal && cause.code === "network")) return refused(cause, open);
		}
		follow(then);
	}, every);
}

async function leave(): Promise<void> {
	clearTimeout(watching);
	const w = screens.words;
	const go = back();
	try {
		await api.leave();
	} catch (cause) {
		if (cause instanceof Refusal && cause.code === "network") return refused(cause, leave);
	}
	tell("left");
	say(
		"left",
		{ tone: "stop" },
		w.leftTitle,
		w.left,
		goBack(w.goBack),
		way(w.retry, () => open(kept("link")), false),
	);
	if (go) setTimeout(() => screens.dataset["screen"] === "left" && go(), readable);
}

/** refused says why something cannot be, with a way to go on. */
function refused(cause: unknown, again: () => unknown): void {
	clearTimeout(watching);
	const w = screens.words;
	const { code, retryAfter } = cause instanceof Refusal ? cause : new Refusal("failed");
	switch (code) {
		case "journey/token":
		case "auth/token-missing":
		case "auth/malformed":
			return say("token", { tone: "stop", drawing: "link" }, w.tokenTitle, w.token);
		case "journey/elsewhere": {
			const link = kept("link");
			const may = link.startsWith("jl_");
			return say(
				"elsewhere",
				{ tone: "again", drawing: "screen" },
				w.elsewhereTitle,
				w.elsewhere,
				may ? way(w.takeBack, () => open(link)) : undefined,
			);
		}
		case "journey/over":
			return void open();
		case "journey/no-consent":
			return void open();
		case "challenge/too-many":
			return say(
				"pause",
				{ tone: "again", drawing: "wait" },
				w.pauseTitle,
				fill(w.pause, retryAfter || 60),
				way(w.retry, film),
				way(w.cancel, leave, false),
			);
		case "network":
		case "models/busy":
		case "request/timeout":
			return say("network", { tone: "again", drawing: "cable" }, w.networkTitle, w.network, way(w.retry, again));
		default:
			return say("again", { tone: "again" }, w.againTitle, w.again, way(w.retry, film), way(w.cancel, leave, false));
	}
}

place(screens);
void (supported()
	? open()
	: say("old", { tone: "stop", drawing: "screen" }, screens.words.failedTitle, screens.words.failed));
