// The console: who signs in, and which view is open.

import { Api, type Me, Refusal } from "./api";
import { attempts } from "./attempts";
import { button, choice, field, forgetReason, h, input, problem, s } from "./parts";
import { settings } from "./settings";
import { status } from "./status";
import { watchlist } from "./watchlist";
import { webhooks } from "./webhooks";
import { type Key, type Language, language, languages, moment, speak, t } from "./words";

/** Session is what a view works with. */
export interface Session {
	api: Api;
	me: Me;
	/** Ends when the view is left. */
	signal: AbortSignal;
}

export type View = (session: Session) => HTMLElement;

/** Each view, what its key must be allowed, and what shows it. */
const views: [name: Key, scope: string, view: View][] = [
	["status", "status:view", status],
	["attempts", "attempts:view", attempts],
	["settings", "settings:view", settings],
	["watchlist", "watchlist:view", watchlist],
	["webhooks", "webhooks:manage", webhooks],
];

const kept = "rostod-key";
const idleMinutes = 15;

let api: Api | undefined;
let me: Me | undefined;
let leave = new AbortController();
let used = Date.now();

async function signIn(key: string): Promise<void> {
	me = await new Api(key).json<Me>("/api/keys/self");
	const mine = new Api(key, (why) => {
		if (api === mine) signOut("", why); // and not whoever signed in since
	});
	api = mine;
	used = Date.now();
	try {
		sessionStorage.setItem(kept, key);
	} catch {
		// a browser that keeps nothing asks again after a reload
	}
}

function signOut(says: Key | "", why?: unknown): void {
	api = me = undefined;
	forgetReason();
	// Who comes next begins at a view of their own; who was sent away goes on.
	if (says === "ended") history.replaceState(null, "", location.pathname);
	try {
		sessionStorage.removeItem(kept);
	} catch {
		// nothing was kept
	}
	door(says && t(says, { n: idleMinutes }), why);
}

/** frame is what stands around everything. */
function frame(nav: HTMLElement | false, ...children: Node[]): HTMLElement {
	leave.abort();
	leave = new AbortController();
	document.documentElement.lang = language();
	const chosen = choice(languages, language());
	chosen.setAttribute("aria-label", t("language"));
	chosen.addEventListener("change", () => {
		speak(chosen.value as Language);
		if (api) route(false);
		else door();
		document.querySelector<HTMLElement>(".top select")?.focus();
	});
	const main = h("main", { id: "content", tabindex: "-1" }, ...children);
	document.body.replaceChildren(
		button(t("skip"), () => main.focus(), "skip"),
		h(
			"header",
			{ class: "top" },
			h("span", { class: "brand" }, mark(), h("span", {}, "rostod")),
			nav,
			h("div", { class: "who" }, chosen, !!me && button(t("signOut"), () => signOut("ended"))),
		),
		main,
	);
	return main;
}

/** mark is the icon of the capture page, in the colours of this one. */
function mark(): SVGElement {
	return s(
		"svg",
		{ viewBox: "0 0 32 32", class: "mark", "aria-hidden": "true" },
		s("rect", { width: "32", height: "32", rx: "7" }),
		s("ellipse", { cx: "16", cy: "16", rx: "8", ry: "10" }),
	);
}

/** door is where one signs in. */
function door(says = "", why?: unknown): void {
	document.title = `rostod – ${t("signInTitle")}`;
	const key = input({ type: "password", required: true, maxlength: "512", name: "key" });
	const seen = h("input", {
		type: "checkbox",
		id: "seen",
		change: () => (key.type = seen.checked ? "text" : "password"),
	});
	const go = h("button", { type: "submit", class: "primary" }, t("signIn"));
	const lost = why instanceof Refusal && why.status === 0;
	const trouble = h("div", {}, why !== undefined && problem(why, lost ? () => void begin() : undefined));
	const form = h(
		"form",
		{
			class: "card door",
			submit: async (event) => {
				event.preventDefault();
				go.disabled = true;
				go.textContent = t("signingIn");
				try {
					await signIn(key.value.trim());
					route(true);
				} catch (why) {
					trouble.replaceChildren(problem(why));
					go.disabled = false;
					go.textContent = t("signIn");
					key.focus();
				}
			},
		},
		h("h1", {}, t("signInTitle")),
		h("p", {}, t("signInLead")),
		says !== "" && h("p", { role: "status", class: "said" }, says),
		trouble,
		field(t("signInKey"), key),
		h("label", { class: "tick" }, seen, t("signInShow")),
		h("div", { class: "actions" }, go),
		h("p", { class: "quiet" }, t("signInHow")),
		h("pre", {}, "rostod keys create --scopes status:view,attempts:view,settings:view"),
	);
	frame(false, form);
	key.focus();
}

/** route opens the view that the address names. */
function route(focus: boolean): void {
	if (!api || !me) return door();
	const wanted = location.hash.slice(1);
	const may = ([, scope]: [Key, string, View]): boolean => me?.scopes.includes(scope) ?? false;
	const open = views.find(([name]) => name === wanted) ?? views.find(may) ?? views[0];
	if (!open) return;
	const [name, scope, view] = open;
	document.title = `rostod – ${t(name)}`;
	const nav = h(
		"nav",
		{ "aria-label": t("views") },
		...views
			.filter((v) => may(v) || v === open)
			.map(([n]) => h("a", { href: `#${n}`, ...(n === name ? { "aria-current": "page" } : {}) }, t(n))),
	);
	const main = frame(nav, h("h1", {}, t(name)));
	const session = { api, me, signal: leave.signal };
	main.append(
		may(open)
			? view(session)
			: problem(new Refusal(403, "auth/missing-scope", "", `Use a key with the scope ${scope}.`)),
		h(
			"footer",
			{},
			h("p", {}, t("signedInAs", { key: me.label ? `${me.label} (${me.id})` : me.id, org: me.org })),
			!!me.expiresAt && h("p", {}, t("keyEnds", { when: moment(me.expiresAt) })),
		),
	);
	// Where the row of views is longer than the window.
	nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
	if (focus) main.focus();
}

addEventListener("hashchange", () => route(true));
for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, () => (used = Date.now()), { passive: true });
// A screen on the wall, whose key sees nothing but how the daemon is, stays.
setInterval(() => {
	const more = me?.scopes.some((scope) => scope !== "status:view") ?? false;
	if (more && Date.now() - used > idleMinutes * 60_000) signOut("idle");
}, 10_000);

async function begin(): Promise<void> {
	let key: string | null = null;
	try {
		key = sessionStorage.getItem(kept);
	} catch {
		// it is asked for
	}
	if (!key) return door();
	try {
		await signIn(key);
		route(false);
	} catch (why) {
		door("", why);
	}
}

void begin();
