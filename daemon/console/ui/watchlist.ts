// Faces that somebody wants watched for, and the second person that it takes.

import type { Session } from "./main";
import { ask, badge, button, type Child, card, h, mono, problem, type Tone, table, waiting } from "./parts";
import { type Key, moment, t } from "./words";

interface Entry {
	id: string;
	state: "proposed" | "active" | "expired";
	reason: string;
	source: string;
	processId?: string;
	proposedAt: string;
	proposedBy: string;
	confirmedAt?: string;
	confirmedBy?: string;
	expiresAt: string;
}

const tones: Record<Entry["state"], Tone> = { proposed: "warn", active: "good", expired: "plain" };

export function watchlist({ api, me, signal }: Session): HTMLElement {
	const view = h("div", { class: "stack" }, waiting());
	const may = me.scopes.includes("watchlist:write");

	const load = async (says = ""): Promise<void> => {
		try {
			const { data } = await api.json<{ data: Entry[] }>("/api/watchlist");
			if (signal.aborted) return;
			const waits = data.filter((e) => e.state === "proposed");
			const others = data.filter((e) => e.state !== "proposed");
			view.replaceChildren(
				h("p", {}, t("watchIntro")),
				h("p", { role: "status", class: says ? "said" : "aloud" }, says),
				...(may ? [] : [h("p", { class: "problem" }, t("readOnly", { scope: "watchlist:write" }))]),
				card(
					t("watchWaiting"),
					"waits",
					waits.length > 0 ? list(t("watchWaiting"), waits) : h("p", {}, t("watchNone")),
				),
				card(t("watchAll"), "others", others.length > 0 ? list(t("watchAll"), others) : h("p", {}, t("watchEmpty"))),
			);
		} catch (why) {
			if (!signal.aborted) view.replaceChildren(problem(why, () => void load()));
		}
	};

	const list = (caption: string, entries: Entry[]): HTMLElement =>
		table(
			caption,
			[t("state"), t("reasons"), t("source"), t("proposedBy"), t("expires"), ""],
			entries.map((e) => [
				badge(tones[e.state], t(e.state as Key)),
				h(
					"div",
					{},
					h("strong", {}, e.reason),
					h("br"),
					mono(e.id),
					!!e.processId && h("br"),
					!!e.processId && mono(e.processId),
				),
				e.source,
				h("div", {}, moment(e.proposedAt), h("br"), mono(e.proposedBy)),
				moment(e.expiresAt),
				deeds(e),
			]),
		);

	const deeds = (e: Entry): Child => {
		if (!may) return "";
		const own = e.state === "proposed" && e.proposedBy === me.id;
		return h(
			"div",
			{ class: "actions" },
			e.state === "proposed" &&
				!own &&
				button(t("confirm"), () => void confirmed(e), "primary", `${t("confirm")}: ${e.reason}`),
			button(t("withdraw"), () => void withdrawn(e), "", `${t("withdraw")}: ${e.reason}`),
			own && h("small", {}, t("ownProposal")),
		);
	};

	const does = async (method: string, path: string): Promise<void> => {
		try {
			await api.json(path, { method });
			await load(t("done"));
		} catch (why) {
			view.prepend(problem(why));
		}
	};
	const about = (e: Entry): HTMLElement => h("p", {}, h("strong", {}, e.reason), ` – ${e.source}`);
	const confirmed = async (e: Entry): Promise<void> => {
		if (await ask(t("confirmWatch"), t("confirm"), "", about(e), h("p", {}, t("confirmWatchText"))))
			await does("POST", `/api/watchlist/${e.id}/confirm`);
	};
	const withdrawn = async (e: Entry): Promise<void> => {
		if (await ask(t("withdrawWatch"), t("withdraw"), "danger", about(e), h("p", {}, t("withdrawWatchText"))))
			await does("DELETE", `/api/watchlist/${e.id}`);
	};

	void load();
	return view;
}
