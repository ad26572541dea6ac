// The hosted page: {captureUrl}#{capture token}. It is a full page, a frame
// of a page that the daemon allows, or a stop on the way back to a return
// address. docs/CAPTURE-PAGE.md says how each is used.

import { supported } from "./browser";
import { type Problem, type Renewed, RostodCapture } from "./main";
import { sameAgain } from "./problems";
import { wordsIn } from "./words";

/** What the daemon says of a challenge at {captureUrl}/config. */
type Config = {
	whipUrl: string;
	expiresAt: string;
	locale?: string;
	/** Origins, besides its own, that may hold this page in a frame, or open it, and that hear its events. */
	origins?: string[];
	/** Where the customer goes afterwards; checked by the daemon when the challenge was made. */
	returnUrl?: string;
	/** false: the customer can only cancel. */
	allowOtherWay?: boolean;
	noflash?: boolean;
	soft?: boolean;
};

/** Refused is why there is no config. What is known of who asked says who is told. */
class Refused extends Error {
	constructor(
		readonly problem: Problem,
		readonly known: Partial<Config> = {},
	) {
		super(problem);
	}
}

/** How long an outcome can be read before the page goes on, milliseconds. */
const readable = 1800;

const events = [
	"rostod-ready",
	"rostod-progress",
	"rostod-captured",
	"rostod-retry",
	"rostod-other-way",
	"rostod-error",
];

const token = takeToken();
const element = new RostodCapture();

/**
 * takeToken reads the token and takes it out of the address, where it could
 * be read or kept. The tab's own history entry keeps it for a reload.
 */
function takeToken(): string {
	const said = location.hash.slice(1);
	if (said) history.replaceState({ token: said }, "", location.pathname + location.search);
	const state: unknown = history.state;
	const kept = typeof state === "object" && state !== null && "token" in state ? state.token : "";
	return typeof kept === "string" ? kept : "";
}

async function load(): Promise<{ config: Config; lifetime: number }> {
	if (!token) throw new Refused("token");
	const url = location.pathname.replace(/\/$/, "") + "/config";
	let response: Response;
	try {
		response = await fetch(url, {
			headers: { Authorization: `Bearer ${token}` },
			cache: "no-store",
			credentials: "omit",
		});
	} catch {
		throw new Refused("network");
	}
	const said: unknown = await response.json().catch(() => ({}));
	const known = (typeof said === "object" && said !== null ? said : {}) as Partial<Config>;
	if (!response.ok) throw new Refused(problems.get(response.status) ?? "failed", known);
	const config = known as Config;
	// The daemon's clock decides when a challenge ends; this one may be wrong.
	const today = Date.parse(response.headers.get("Date") ?? "") || Date.now();
	return { config, lifetime: Date.parse(config.expiresAt) - today };
}

const problems: ReadonlyMap<number, Problem> = new Map<number, Problem>([
	[401, "token"],
	[403, "token"],
	[404, "unknown"],
	[409, "used"],
	[410, "expired"],
	[429, "busy"],
	[503, "busy"],
]);

function begin({ config, lifetime }: { config: Config; lifetime: number }): void {
	element.toggleAttribute("noflash", config.noflash === true);
	element.toggleAttribute("soft", config.soft === true);
	if (config.allowOtherWay === false) element.setAttribute("other-way", "cancel");
	element.whipUrl = config.whipUrl;
	element.token = token;
	const told = report(config);
	place();
	if (framed() && !told) return element.fail("foreign");
	if (lifetime > 0)
		setTimeout(() => element.state === "intro" && element.fail("expired"), Math.min(lifetime, 2 ** 31 - 1));
	else element.fail("expired");
}

/** report passes on what happens, to the windows and the address that the config allows. It answers whether a window hears. */
function report({ origins, returnUrl, locale }: Partial<Config>): boolean {
	if (locale) element.setAttribute("locale", locale);
	const allowed = (origins ?? []).filter((o) => /^https?:\/\/[^/*]+$/.test(o) && o !== location.origin);
	const ears = listeners([location.origin, ...allowed]);
	for (const type of events)
		element.addEventListener(type, (e) => {
			const detail: unknown = e instanceof CustomEvent ? e.detail : {};
			for (const [to, origin] of ears) to.postMessage({ source: "rostod-capture", type, detail }, origin);
		});
	const back = safeReturn(returnUrl);
	if (back) returnTo(back);
	else if (ears.length === 0) element.renew = false;
	return ears.length > 0;
}

function framed(): boolean {
	return window.parent !== window;
}

/** listeners are the windows that hear the events, each with the one origin that it must have. */
function listeners(origins: string[]): [Window, string][] {
	const to: Window | null = framed() ? window.parent : (window.opener as Window | null);
	if (!to) return [];
	const known = framed() ? (location.ancestorOrigins?.[0] ?? originOf(document.referrer)) : originOf(document.referrer);
	// A browser that does not say who holds the page delivers to nobody else than who is named.
	return origins.filter((o) => !known || o === known).map((o) => [to, o]);
}

function originOf(url: string): string {
	try {
		return new URL(url).origin;
	} catch {
		return "";
	}
}

/** safeReturn is a return address that is a page, and no script. */
function safeReturn(url: string | undefined): URL | undefined {
	if (!url) return undefined;
	try {
		const to = new URL(url, location.href);
		return to.protocol === "https:" || to.protocol === "http:" ? to : undefined;
	} catch {
		return undefined;
	}
}

/** returnTo goes back with the outcome in the fragment, which no server on the way sees. */
function returnTo(back: URL): void {
	const go = (outcome: Record<string, string>, after: number): void => {
		const to = new URL(back);
		to.hash = new URLSearchParams(outcome).toString();
		setTimeout(() => location.replace(to), after);
	};
	element.addEventListener("rostod-captured", (e) =>
		go({ outcome: "captured", bundle: detailOf(e, "bundle") }, readable),
	);
	element.addEventListener("rostod-other-way", (e) =>
		go({ outcome: "other_way", reason: detailOf(e, "reason") }, readable),
	);
	element.addEventListener("rostod-retry", (e) => go({ outcome: "retry", hint: detailOf(e, "hint") }, 0));
}

function detailOf(e: Event, name: string): string {
	const detail: unknown = e instanceof CustomEvent ? e.detail : undefined;
	const value = typeof detail === "object" && detail !== null ? (detail as Record<string, unknown>)[name] : undefined;
	return typeof value === "string" ? value : "";
}

function place(): void {
	if (element.isConnected) return;
	document.documentElement.lang = element.locale;
	document.title = wordsIn(element.locale).region;
	document.body.replaceChildren(element);
}

/** open loads and begins. It shows why it cannot, and can then be tried again. */
async function open(): Promise<Renewed> {
	try {
		const loaded = await load();
		element.renew = null;
		begin(loaded);
		return { whipUrl: loaded.config.whipUrl, token };
	} catch (cause) {
		const refused = cause instanceof Refused ? cause : new Refused("failed");
		const passes = sameAgain.has(refused.problem) || refused.problem === "failed";
		if (!passes) {
			element.renew = null;
			report(refused.known);
		}
		place();
		element.fail(refused.problem);
		throw cause;
	}
}

element.renew = open;
if (supported()) open().catch(() => {});
else {
	place();
	element.fail("old_browser");
}
