// How the daemon is: GET /api/status, and GET /api/index for the faces.

import { Refusal } from "./api";
import type { Session } from "./main";
import { badge, card, figures, h, mono, problem, swap, table, waiting } from "./parts";
import { bytes, clock, lasting, moment, number, since, t, word } from "./words";

type State = "ok" | "degraded" | "failed";

interface Status {
	version: string;
	address: string;
	startedAt: string;
	data: string;
	ready: State;
	checks: { name: string; state: State; reason?: string; matters: boolean }[];
	journal: { entries: number; root: string; sealed: number; sealedAt?: string };
	disk: { free: number; least: number };
	keys: { epoch: number; erasuresPending: number };
	models: { name: string; role?: string; digest: string; ok: boolean }[] | null;
	retention: { state: string; reached?: string; nextAt?: string; removed: Record<string, number> | null };
	erasures: { requested: number; running: number; kept: number };
	upstream: {
		on: boolean;
		to?: string;
		by?: string;
		unsent: number;
		oldest?: string;
		accepted: number;
		acceptedAt?: string;
		heardAt?: string;
		standing?: "sound" | "forked" | "rolled-back";
		failures?: number;
		problem?: string;
	};
}

interface Index {
	position: number;
	behind: number;
	kernels: string;
	segments: { rows: number }[];
}

const every = 5;

export function status({ api, signal }: Session): HTMLElement {
	const aloud = h("p", { class: "aloud", role: "status" });
	const head = h("div", { class: "stack" });
	const cards = h("div", { class: "cards" });
	const view = h("div", { class: "stack" }, aloud, head, cards);
	let last: { status: Status; index: Index | Refusal; at: Date } | undefined;
	head.append(waiting());

	const draw = (why?: Refusal): void => {
		const now = new Date();
		if (!last) return head.replaceChildren(problem(why, () => void look()));
		const lost =
			why && banner("failed lost", t("stateLost"), t("stateLostText", { age: since(last.at.toISOString(), now) }));
		const alarm = contradiction(last.status);
		swap(head, [
			...(lost ? [lost] : []),
			...(why && why.status !== 0 ? [problem(why)] : []),
			...(alarm ? [alarm] : []),
			hero(last.status, !!why),
			h("p", { class: "quiet stamp" }, t("asOf", { time: clock(last.at), n: every })),
		]);
		view.classList.toggle("stale", !!why);
		swap(cards, all(last.status, last.index, last.at));
		const says = why ? t("stateLost") : stateOf(last.status.ready)[0];
		if (aloud.textContent !== says) aloud.textContent = says;
	};

	const look = async (): Promise<void> => {
		try {
			const [now, index] = await Promise.all([
				api.json<Status>("/api/status", { signal: AbortSignal.timeout(4000) }),
				api.json<Index>("/api/index", { signal: AbortSignal.timeout(4000) }).catch((why: unknown) => why as Refusal),
			]);
			last = { status: now, index, at: new Date() };
			draw();
		} catch (why) {
			if (!signal.aborted) draw(why as Refusal);
		}
	};

	const tick = async (): Promise<void> => {
		if (!document.hidden) await look();
		if (!signal.aborted) setTimeout(() => void tick(), every * 1000);
	};
	document.addEventListener("visibilitychange", () => void (document.hidden || look()), { signal });
	void tick();
	return view;
}

function stateOf(state: State): [title: string, text: string] {
	if (state === "ok") return [t("stateOk"), t("stateOkText")];
	if (state === "degraded") return [t("stateDegraded"), t("stateDegradedText")];
	return [t("stateFailed"), t("stateFailedText")];
}

function banner(kind: string, title: string, ...children: (Node | string)[]): HTMLElement {
	return h(
		"section",
		{ class: `banner ${kind}` },
		h("h2", {}, title),
		...children.map((c) => (typeof c === "string" ? h("p", {}, c) : c)),
	);
}

/** hero says whether it is ready, and of what is not well why and what to do. */
function hero(now: Status, stale: boolean): HTMLElement {
	const bad = now.checks.filter((c) => c.state !== "ok");
	const list = h(
		"ul",
		{},
		...bad.map((c) => h("li", {}, h("strong", {}, checkName(c.name)), ": ", h("span", { lang: "en" }, c.reason ?? ""))),
	);
	return banner(stale ? "plain" : now.ready, ...stateOf(now.ready), ...(bad.length > 0 ? [list] : []));
}

/** contradiction is the alarm when headquarters has other entries than are here. */
function contradiction({ upstream }: Status): HTMLElement | undefined {
	if (upstream.standing === "forked") return alarm(t("forked"), t("forkedText"));
	if (upstream.standing === "rolled-back") return alarm(t("rolledBack"), t("rolledBackText"));
	return undefined;
}

function alarm(title: string, text: string): HTMLElement {
	const box = banner("alarm", `${t("upstream")}: ${title}`, text);
	box.setAttribute("role", "alert");
	box.append(h("pre", {}, "rostod audit verify"));
	return box;
}

function checkName(name: string): string {
	return name.startsWith("model ") ? `${t("model")} ${name.slice(6)}` : word("check_", name);
}

function all(now: Status, index: Index | Refusal, at: Date): HTMLElement[] {
	return [
		upstreamCard(now, at),
		journalCard(now),
		indexCard(index),
		retentionCard(now),
		daemonCard(now, at),
		models(now),
		checks(now),
	];
}

/** big is the number that a card is about. */
function big(value: string, name: string, tone = ""): HTMLElement {
	return h("p", { class: `big ${tone}` }, h("strong", {}, value), h("span", {}, name));
}

function upstreamCard({ upstream: u }: Status, at: Date): HTMLElement {
	if (!u.on) return card(t("upstream"), "upstream", h("p", {}, t("upstreamOff")));
	const standing = {
		sound: badge("good", t("sound")),
		forked: badge("bad", t("forked")),
		"rolled-back": badge("bad", t("rolledBack")),
	};
	const day = 86_400_000;
	const late = u.unsent > 0 && !!u.oldest && at.getTime() - Date.parse(u.oldest) > day;
	return card(
		t("upstream"),
		"upstream",
		big(number(u.unsent), t("unsent"), late ? "warn" : ""),
		figures(
			[t("oldest"), u.unsent > 0 && !!u.oldest && `${since(u.oldest, at)} (${moment(u.oldest)})`],
			[t("acceptedAt"), u.acceptedAt ? `${moment(u.acceptedAt)}` : badge("warn", t("never"))],
			[t("standing"), u.standing ? standing[u.standing] : badge("plain", t("unheard"))],
			[t("accepted"), number(u.accepted)],
			[t("to"), u.to],
			[t("by"), word("by_", u.by)],
			[t("heardAt"), !!u.heardAt && moment(u.heardAt)],
			[t("failures"), !!u.failures && badge("warn", number(u.failures))],
			[t("problem"), !!u.problem && h("span", { lang: "en" }, u.problem)],
		),
	);
}

function journalCard({ journal: j, disk, keys }: Status): HTMLElement {
	return card(
		t("journal"),
		"journal",
		big(number(j.entries), t("entries")),
		figures(
			[t("sealedAt"), moment(j.sealedAt)],
			[t("sealed"), number(j.sealed)],
			[t("root"), mono(j.root)],
			[t("disk"), disk.free >= 0 && `${bytes(disk.free)} (${t("diskLeast", { least: bytes(disk.least) })})`],
			[t("epoch"), number(keys.epoch)],
			[t("pending"), number(keys.erasuresPending)],
		),
	);
}

function indexCard(index: Index | Refusal): HTMLElement {
	if (index instanceof Refusal) return card(t("index"), "index", problem(index));
	const rows = index.segments.reduce((sum, s) => sum + s.rows, 0);
	return card(
		t("index"),
		"index",
		big(number(rows), t("rows")),
		figures(
			[t("segments"), number(index.segments.length)],
			[t("behind"), number(index.behind)],
			[t("kernels"), index.kernels],
		),
	);
}

function retentionCard({ retention: r, erasures: e }: Status): HTMLElement {
	const states: Record<string, HTMLElement> = {
		waiting: badge("good", t("waiting")),
		running: badge("plain", t("running")),
		paused: badge("warn", t("paused")),
		failed: badge("bad", t("failedState")),
	};
	const removed = Object.entries(r.removed ?? {}).map(([kind, n]) => `${kind} ${number(n)}`);
	return card(
		t("retention"),
		"retention",
		figures(
			[t("retentionState"), states[r.state] ?? r.state],
			[t("reached"), moment(r.reached)],
			[t("nextAt"), !!r.nextAt && moment(r.nextAt)],
			[t("removed"), removed.length > 0 ? removed.join(", ") : t("nothingRemoved")],
			[t("erasuresRequested"), number(e.requested)],
			[t("erasuresRunning"), number(e.running)],
			[t("erasuresKept"), number(e.kept)],
		),
	);
}

function daemonCard(now: Status, at: Date): HTMLElement {
	return card(
		t("daemon"),
		"daemon",
		figures(
			[t("version"), now.version],
			[t("running_since"), `${lasting((at.getTime() - Date.parse(now.startedAt)) / 1000)} (${moment(now.startedAt)})`],
			[t("address"), mono(now.address)],
			[t("data"), mono(now.data)],
		),
	);
}

function models({ models: list }: Status): HTMLElement {
	if (!list || list.length === 0) return card(t("models"), "models wide", h("p", {}, t("noModels")));
	return card(
		t("models"),
		"models wide",
		table(
			t("models"),
			[t("model"), t("role"), t("state"), t("digest")],
			list.map((m) => [
				m.name,
				m.role ?? "–",
				m.ok ? badge("good", t("inUse")) : badge("bad", t("broken")),
				mono(m.digest),
			]),
		),
	);
}

function checks({ checks: list }: Status): HTMLElement {
	const states = {
		ok: (): HTMLElement => badge("good", t("ok")),
		degraded: (): HTMLElement => badge("warn", t("degraded")),
		failed: (): HTMLElement => badge("bad", t("failedCheck")),
	};
	return card(
		t("checks"),
		"checks wide",
		table(
			t("checks"),
			[t("check"), t("state"), t("reason")],
			list.map((c) => [
				checkName(c.name),
				states[c.state](),
				c.reason ? h("span", { lang: "en" }, c.reason) : c.matters ? h("span", { class: "quiet" }, t("matters")) : "",
			]),
		),
	);
}
