// What all views are made of.

import { h, s } from "../../../capture/web/src/dom";
import { Refusal } from "./api";
import { type Key, language, t } from "./words";

export type Child = Node | string | false | undefined;

export { h, s };

/** mono is text that is compared or copied letter by letter. */
export function mono(text: string): HTMLElement {
	return h("span", { class: "mono" }, text);
}

/** figures are pairs of name and value. Values that are not there are left out. */
export function figures(...pairs: [string, Child | Child[]][]): HTMLElement {
	const list = h("dl", { class: "figures" });
	for (const [name, value] of pairs) {
		const values = (Array.isArray(value) ? value : [value]).filter((v) => v !== undefined && v !== false && v !== "");
		if (values.length > 0) list.append(h("div", {}, h("dt", {}, name), h("dd", {}, ...values)));
	}
	return list;
}

export function card(title: string, kind: string, ...children: Child[]): HTMLElement {
	const id = `card-${kind.split(" ")[0]}`;
	return h("section", { class: `card ${kind}`, "aria-labelledby": id }, h("h2", { id }, title), ...children);
}

export type Tone = "good" | "warn" | "bad" | "plain";

/** badge is a word that a colour goes with, and a mark for whom the colour says nothing. */
export function badge(tone: Tone, text: string): HTMLElement {
	const mark = { good: "✓", warn: "!", bad: "✕", plain: "" }[tone];
	return h("span", { class: `badge ${tone}` }, mark !== "" && h("span", { "aria-hidden": "true" }, mark), text);
}

/** table has a heading for each column; on a narrow screen a row becomes a list, with the headings in it. */
export function table(caption: string, headings: string[], rows: Child[][]): HTMLElement {
	return h(
		"div",
		{ class: "scroll" },
		h(
			"table",
			{},
			h("caption", { class: "aloud" }, caption),
			h("thead", {}, h("tr", {}, ...headings.map((name) => (name ? h("th", { scope: "col" }, name) : h("td"))))),
			h("tbody", {}, ...rows.map((cells) => row(headings, cells))),
		),
	);
}

export function row(headings: string[], cells: Child[], attributes: Record<string, string> = {}): HTMLElement {
	return h("tr", attributes, ...cells.map((cell, i) => h("td", { "data-label": headings[i] ?? "" }, cell)));
}

export function button(text: string, does: (event: Event) => void, kind = "", label?: string): HTMLButtonElement {
	return h("button", { type: "button", class: kind, click: does, ...(label ? { "aria-label": label } : {}) }, text);
}

let count = 0;

/** field is a labelled control, with a word of help beneath. */
export function field(
	label: string,
	control: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement,
	help = "",
): HTMLElement {
	control.id ||= `field-${++count}`;
	const helped = `${control.id}-help`;
	if (help) control.setAttribute("aria-describedby", helped);
	return h(
		"div",
		{ class: "field" },
		h("label", { for: control.id }, label),
		control,
		help !== "" && h("small", { id: helped }, help),
	);
}

export function input(attributes: Record<string, string | boolean> = {}): HTMLInputElement {
	return h("input", { autocomplete: "off", spellcheck: "false", ...attributes });
}

export function choice(values: [string, string][], now = ""): HTMLSelectElement {
	return h("select", {}, ...values.map(([value, name]) => h("option", { value, selected: value === now }, name)));
}

const known: Record<string, Key> = {
	network: "network",
	"access/unknown-key": "unknownKey",
	"auth/malformed": "unknownKey",
	"access/revoked-key": "revokedKey",
	"access/expired-key": "expiredKey",
};

/** problem says why something was refused: in the reader's language where that is known, else in the daemon's own words. */
export function problem(why: unknown, again?: () => void): HTMLElement {
	const box = h("div", { class: "problem", role: "alert" });
	if (!(why instanceof Refusal)) throw why;
	const key = known[why.code];
	if (why.scope) {
		box.append(
			h("p", {}, h("strong", {}, t("missingScope", { scope: why.scope }))),
			h("p", {}, t("missingScopeHow")),
			h("pre", {}, `rostod keys create --scopes ${why.scope}`),
		);
	} else if (key) box.append(h("p", {}, t(key)));
	else if (why.status === 429) box.append(h("p", {}, t("tooMany", { n: why.retryAfter })));
	else {
		box.append(
			h("p", {}, t("failed"), " ", h("span", { lang: "en" }, `${why.title || why.code} ${why.hint}`.trim())),
			...Object.entries(why.fields).map(([name, texts]) => h("p", { lang: "en" }, `${name}: ${texts.join("; ")}`)),
		);
		if (why.trace) box.append(h("p", { class: "quiet" }, t("request", { id: why.trace })));
	}
	if (again) box.append(h("div", { class: "actions" }, button(t("again"), again)));
	return box;
}

/** waiting stands where an answer will. */
export function waiting(): HTMLElement {
	return h("p", { class: "quiet", role: "status" }, t("loading"));
}

/** ask shows a dialog and answers whether its first button was pressed. */
export function ask(title: string, go: string, tone: "" | "danger", ...children: Child[]): Promise<boolean> {
	return new Promise((answer) => {
		const id = `dialog-${++count}`;
		const form = h(
			"form",
			{ method: "dialog", submit: () => dialog.close("go") },
			h("h2", { id }, title),
			...children,
			h(
				"div",
				{ class: "actions" },
				h("button", { type: "submit", class: `primary ${tone}` }, go),
				button(t("cancel"), () => dialog.close("")),
			),
		);
		const dialog: HTMLDialogElement = h("dialog", { "aria-labelledby": id, lang: language() }, form);
		dialog.addEventListener("close", () => {
			dialog.remove();
			answer(dialog.returnValue === "go");
		});
		document.body.append(dialog);
		dialog.showModal();
	});
}

/** why asks for the reason that goes into the access log; empty when somebody thought better of it. */
export async function why(): Promise<string> {
	const reason = input({ maxlength: "256", required: true, value: lastReason });
	const go = await ask(t("whyTitle"), t("whyGo"), "", h("p", {}, t("whyText")), field(t("why"), reason));
	if (!go) return "";
	lastReason = reason.value.trim();
	return lastReason;
}

let lastReason = "";

/** forgetReason is for who signs out. */
export function forgetReason(): void {
	lastReason = "";
}

/** save hands a file to the person. */
export function save({ blob, name }: { blob: Blob; name: string }): void {
	const url = URL.createObjectURL(blob);
	h("a", { href: url, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** swap replaces what is shown only where it is another, so that what was selected stays so. */
export function swap(into: Element, children: Node[]): void {
	children.forEach((fresh, i) => {
		const old = into.children[i];
		if (!old) into.append(fresh);
		else if (!old.isEqualNode(fresh)) old.replaceWith(fresh);
	});
	while (into.children.length > children.length) into.lastElementChild?.remove();
}
