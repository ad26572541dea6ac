// One attempt: all that is known of how it was decided, its receipt, and what
// the camera saw, which the daemon shows only after it has written down who looks.

import type { Api } from "./api";
import { badge, button, figures, h, mono, problem, s, save, type Tone, why } from "./parts";
import { moment, number, t, word } from "./words";

export interface Attempt {
	id: string;
	customerId?: string;
	deviceId?: string;
	method?: string;
	status?: string;
	allow: boolean;
	riskLevel?: string;
	trigger?: string;
	actionLabel?: string;
	liveness?: { verdict: string; assuranceTier: string; score?: number; reasons?: string[] };
	match?: { verdict: string; similarity?: number; threshold?: number };
	facesInPicture?: number;
	issues?: unknown[];
	reasons?: string[];
	verificationId?: string;
	captureId?: string;
	picture?: string;
	models?: string[];
	policyVersion?: number;
	journal?: number;
	key?: string;
	erased?: boolean;
	createdAt: string;
}

const tones: Record<string, Tone> = {
	live: "good",
	match: "good",
	true: "good",
	verified: "good",
	spoof: "bad",
	no_match: "bad",
	false: "bad",
	unclear: "warn",
	grey_zone: "warn",
};

export function verdict(value: string): HTMLElement {
	return badge(tones[value] ?? "plain", word("v_", value));
}

export function detail(a: Attempt, api: Api): HTMLElement {
	const codes = (list: string[] | undefined): HTMLElement[] => (list ?? []).flatMap((code) => [mono(code), h("br")]);
	const groups = a.erased
		? [h("p", {}, t("erasedText"))]
		: [
				group(
					t("decision"),
					figures(
						[t("allowed"), verdict(String(a.allow))],
						[t("state"), word("v_", a.status)],
						[t("method"), word("v_", a.method)],
						[t("riskLevel"), a.riskLevel === "none" ? t("v_none") : word("", a.riskLevel)],
						[t("trigger"), a.trigger],
						[t("actionLabel"), a.actionLabel],
						[t("reasons"), codes(a.reasons)],
						[t("verification"), !!a.verificationId && mono(a.verificationId)],
						[t("policyVersion"), a.policyVersion === undefined ? undefined : String(a.policyVersion)],
					),
				),
				group(
					t("liveness"),
					a.liveness
						? figures(
								[t("liveness"), verdict(a.liveness.verdict)],
								[t("assurance"), word("assurance_", a.liveness.assuranceTier)],
								[t("score"), scale(a.liveness.score)],
								[t("reasons"), codes(a.liveness.reasons)],
							)
						: h("p", { class: "quiet" }, t("noLiveness")),
				),
				group(
					t("match"),
					a.match
						? figures(
								[t("match"), verdict(a.match.verdict)],
								[t("similarity"), scale(a.match.similarity, a.match.threshold)],
								[t("threshold"), a.match.threshold === undefined ? undefined : number(a.match.threshold, 2)],
								[t("facesInPicture"), !!a.facesInPicture && number(a.facesInPicture)],
								[t("issues"), codes((a.issues ?? []).map((i) => (typeof i === "string" ? i : JSON.stringify(i))))],
							)
						: h("p", { class: "quiet" }, t("noMatch")),
				),
				group(
					t("origin"),
					figures(
						[t("customer"), !!a.customerId && mono(a.customerId)],
						[t("device"), a.deviceId],
						[t("apiKey"), !!a.key && mono(a.key)],
						[t("capture"), !!a.captureId && mono(a.captureId)],
						[t("picture"), !!a.picture && mono(a.picture)],
						[t("models"), codes(a.models)],
					),
					"broad",
				),
			];
	return h(
		"div",
		{ class: "stack" },
		h(
			"div",
			{ class: "groups" },
			...groups,
			group(
				t("attempt"),
				figures(
					[t("attempt"), mono(a.id)],
					[t("time"), `${moment(a.createdAt)} (${a.createdAt})`],
					[t("entry"), a.journal === undefined ? undefined : String(a.journal)],
				),
			),
		),
		deeds(a, api),
	);
}

function group(title: string, content: HTMLElement, kind = ""): HTMLElement {
	return h("section", { class: `group ${kind}` }, h("h2", {}, title), content);
}

/** scale is a score from 0 to 1 as a bar, with the threshold on it. */
function scale(score: number | undefined, threshold?: number): HTMLElement | undefined {
	if (score === undefined) return undefined;
	const at = (x: number): string => String(Math.min(Math.max(x, 0), 1) * 100);
	return h(
		"span",
		{ class: "scale" },
		number(score, 3),
		s(
			"svg",
			{ viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
			s("rect", { class: "rail", width: "100", height: "8" }),
			s("rect", { class: "level", width: at(score), height: "8" }),
			threshold !== undefined && s("rect", { class: "bar", x: at(threshold), width: "0.8", height: "8" }),
		),
	);
}

/** deeds are what can be had beyond the row. Each is noted by the daemon before it answers. */
function deeds(a: Attempt, api: Api): HTMLElement {
	const shown = h("div", { class: "stack" });
	const note = (what: HTMLElement): void => shown.replaceChildren(what);

	const withReason = async (does: (reason: string) => Promise<void>): Promise<void> => {
		const reason = await why();
		if (!reason) return;
		try {
			await does(reason);
		} catch (trouble) {
			note(problem(trouble));
		}
	};
	const saved = (path: string): void => void withReason(async (reason) => save(await api.file(path, { reason })));
	const seen = (what: string, label: string): void =>
		void withReason(async (reason) => {
			const { blob } = await api.file(`/api/identity/captures/${a.captureId}/${what}`, { reason });
			const url = URL.createObjectURL(blob);
			const picture = h("img", { src: url, alt: label, class: what === "picture" ? "face" : "light" });
			const away = (): void => {
				URL.revokeObjectURL(url);
				shown.replaceChildren();
			};
			note(h("figure", {}, picture, h("figcaption", { class: "quiet" }, label), button(t("hide"), away)));
		});

	const list: HTMLElement[] = [];
	if (a.journal !== undefined) {
		list.push(button(t("receipt"), () => saved(`/api/audit/entries/${a.journal}/receipt`)));
		list.push(h("a", { href: "/api/audit/page", download: "verify.html" }, t("verifier")));
	}
	if (a.captureId && !a.erased) {
		list.push(button(t("showPicture"), () => seen("picture", t("pictureOf"))));
		list.push(button(t("showLight"), () => seen("evidence.svg", t("lightOf"))));
	}
	return h("div", { class: "stack" }, h("div", { class: "actions" }, ...list), shown);
}
