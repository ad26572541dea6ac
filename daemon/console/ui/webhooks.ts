// Whom rostod tells of what happens, and what it gave up telling them.

import type { Session } from "./main";
import { ask, badge, button, card, h, mono, problem, table, waiting } from "./parts";
import { moment, number, t } from "./words";

interface Endpoint {
	id: string;
	label?: string;
	url: string;
	paused?: boolean;
	pending: number;
	dead: number;
}

interface Delivery {
	id: string;
	event: string;
	attempts: number;
	status?: number;
	problem?: string;
	queuedAt: string;
	triedAt?: string;
}

const path = "/api/webhooks";
/** most is where the daemon stops counting. */
const most = 1000;

export function webhooks({ api, signal }: Session): HTMLElement {
	const view = h("div", { class: "stack" }, waiting());
	const says = h("p", { role: "status", class: "aloud" });
	const list = h("div");
	const below = h("div", { class: "stack" });

	const tell = (text: string): void => {
		says.textContent = text;
		says.className = "said";
	};

	const load = async (): Promise<void> => {
		try {
			const { data } = await api.json<{ data: Endpoint[] }>(path);
			if (signal.aborted) return;
			list.replaceChildren(
				card(t("webhooks"), "endpoints", data.length > 0 ? endpoints(data) : h("p", {}, t("hooksNone"))),
			);
			view.replaceChildren(h("p", {}, t("hooksIntro")), says, list, below);
		} catch (why) {
			if (!signal.aborted) view.replaceChildren(problem(why, () => void load()));
		}
	};

	const many = (n: number): string => (n === most ? `≥ ${number(n)}` : number(n));

	const endpoints = (data: Endpoint[]): HTMLElement =>
		table(
			t("webhooks"),
			[t("endpoint"), t("waitingHooks"), t("dead"), ""],
			data.map((e) => [
				h("div", {}, h("strong", {}, name(e)), !!e.paused && badge("warn", t("pausedHook")), h("br"), mono(e.url)),
				many(e.pending),
				e.dead > 0 ? badge("bad", many(e.dead)) : number(0),
				button(t("dead"), () => void open(e), "", t("showDead", { label: name(e) })),
			]),
		);

	const open = async (e: Endpoint): Promise<void> => {
		below.replaceChildren(waiting());
		try {
			const { data } = await api.json<{ data: Delivery[] }>(`${path}/${e.id}/deliveries?state=dead`);
			const again = button(t("resendAll"), () => void resendAll(e));
			below.replaceChildren(
				card(
					t("deadTitle", { label: name(e) }),
					"dead",
					...(data.length > 0
						? [h("div", { class: "actions" }, again), deliveries(e, data)]
						: [h("p", {}, t("deadNone"))]),
				),
			);
		} catch (why) {
			below.replaceChildren(problem(why));
		}
	};

	const deliveries = (e: Endpoint, data: Delivery[]): HTMLElement =>
		table(
			t("deadTitle", { label: name(e) }),
			[t("event"), t("time"), t("tries"), t("lastTry"), t("why_failed"), ""],
			data.map((d) => [
				h("div", {}, d.event, h("br"), mono(d.id)),
				moment(d.queuedAt),
				number(d.attempts),
				moment(d.triedAt),
				[d.problem, d.status ? `HTTP ${d.status}` : ""].filter(Boolean).join(", "),
				button(t("resend"), () => void resend(e, d), "", `${t("resend")}: ${d.event} ${d.id}`),
			]),
		);

	const resend = async (e: Endpoint, d: Delivery): Promise<void> => {
		try {
			await api.json(`${path}/${e.id}/deliveries/${d.id}/resend`, { method: "POST" });
			tell(t("resent", { n: 1 }));
			await Promise.all([load(), open(e)]);
		} catch (why) {
			below.prepend(problem(why));
		}
	};

	const resendAll = async (e: Endpoint): Promise<void> => {
		if (!(await ask(t("deadTitle", { label: name(e) }), t("resendAll"), "", h("p", {}, t("resendText"))))) return;
		try {
			const { resent, more } = await api.json<{ resent: number; more?: number }>(`${path}/${e.id}/resend`, {
				method: "POST",
			});
			tell(t(more ? "resentMore" : "resent", { n: resent }));
			await Promise.all([load(), open(e)]);
		} catch (why) {
			below.prepend(problem(why));
		}
	};

	void load();
	return view;
}

function name(e: Endpoint): string {
	return e.label ?? e.id;
}
