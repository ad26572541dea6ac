// What was tried: POST /api/identity/attempts/search, one row with everything
// in it, and a signed export.

import { type Attempt, detail, verdict } from "./attempt";
import type { Session } from "./main";
import { ask, type Child, choice, field, h, input, problem, row, save, waiting } from "./parts";
import { brief, number, t, word } from "./words";

interface Page {
	data: Attempt[];
	total?: number;
	meta: { next?: string };
	facets?: Record<string, { value: string; count: number }[]>;
}

/** Query is what is searched for, as the daemon takes it. */
interface Query {
	q?: string;
	filters: Record<string, string[]>;
	from?: string;
	to?: string;
	sort: string;
}

const facets = ["allow", "liveness", "match", "riskLevel", "status", "trigger", "deviceId", "reason"] as const;
const pageSize = 50;

export function attempts({ api, signal }: Session): HTMLElement {
	const chosen = new Map<string, Set<string>>();
	const words = input({ type: "search", maxlength: "512", name: "q" });
	const customer = input({ maxlength: "256", name: "customer" });
	const from = input({ type: "date", name: "from" });
	const to = input({ type: "date", name: "to" });
	const order = choice([
		["newest", t("newest")],
		["oldest", t("oldestFirst")],
	]);
	const narrow = h("details", { class: "narrow" }, h("summary", {}, t("narrow")));
	const boxes = h("div", { class: "facets" });
	narrow.append(boxes);
	const says = h("p", { role: "status", class: "found" });
	const rows = h("tbody");
	const result = h("div", { class: "stack" });
	let query: Query = { filters: {}, sort: "newest" };
	let total = 0;
	let asked = 0;

	const wish = (): Query => {
		const filters: Query["filters"] = {};
		for (const [name, values] of chosen) if (values.size > 0) filters[name] = [...values];
		if (customer.value.trim()) filters["customerId"] = [customer.value.trim()];
		return {
			...(words.value.trim() ? { q: words.value.trim() } : {}),
			filters,
			...(from.value ? { from: from.value } : {}),
			...(to.value ? { to: to.value } : {}),
			sort: order.value,
		};
	};

	const search = async (cursor = ""): Promise<void> => {
		const mine = ++asked;
		if (!cursor) {
			query = wish();
			result.replaceChildren(waiting());
		}
		try {
			const page = await api.json<Page>("/api/identity/attempts/search", {
				body: { ...query, limit: pageSize, ...(cursor ? { cursor } : { facets }) },
			});
			if (mine === asked && !signal.aborted) show(page, !cursor);
		} catch (why) {
			if (mine !== asked || signal.aborted) return;
			if (cursor) result.append(problem(why));
			else {
				says.textContent = "";
				result.replaceChildren(problem(why));
			}
		}
	};

	const show = (page: Page, first: boolean): void => {
		if (first) {
			total = page.total ?? 0;
			rows.replaceChildren();
			says.textContent = total === 0 ? t("foundNone") : t("found", { n: total });
			count(page.facets ?? {});
		}
		const before = rows.rows.length;
		for (const a of page.data) rows.append(...line(a));
		const more = page.meta.next;
		const shown = h("p", { class: "quiet" }, t("shown", { n: rows.querySelectorAll("tr.attempt").length }));
		const button = more && h("button", { type: "button", click: () => void search(more) }, t("more"));
		const hidden = page.data.some((a) => a.match && a.match.similarity === undefined);
		result.replaceChildren(
			...(total > 0
				? [
						...(hidden ? [h("p", { class: "quiet" }, t("noScores", { scope: "scores:view" }))] : []),
						h(
							"div",
							{ class: "scroll" },
							h(
								"table",
								{ class: "attempts" },
								h("caption", { class: "aloud" }, t("attempts")),
								h("thead", {}, h("tr", {}, ...headings().map((n) => h("th", { scope: "col" }, n)))),
								rows,
							),
						),
						h("div", { class: "actions" }, ...(button ? [button] : []), shown),
					]
				: []),
		);
		if (!first) rows.rows[before]?.querySelector("button")?.focus();
	};

	/** line is a row and, behind it, the place where all of it opens. */
	const line = (a: Attempt): HTMLElement[] => {
		const inside = h("td", { colspan: String(headings().length), "data-label": "" });
		const below = h("tr", { class: "detail", id: `more-${a.id}`, hidden: true }, inside);
		const opener = h(
			"button",
			{
				type: "button",
				class: "opener",
				"aria-expanded": "false",
				"aria-controls": below.id,
				"aria-label": `${brief(a.createdAt)}. ${t("open", { id: a.id })}`,
				click: () => {
					below.hidden = !below.hidden;
					opener.setAttribute("aria-expanded", String(!below.hidden));
					if (!inside.hasChildNodes()) inside.append(detail(a, api));
				},
			},
			h("span", { class: "turn", "aria-hidden": "true" }),
			brief(a.createdAt),
		);
		const cells: Child[] = a.erased
			? [opener, h("em", {}, t("erased"))]
			: [
					opener,
					a.customerId,
					a.trigger,
					word(a.riskLevel === "none" ? "v_" : "", a.riskLevel),
					a.liveness ? verdict(a.liveness.verdict) : "–",
					a.match ? verdict(a.match.verdict) : "–",
					a.match?.similarity === undefined ? "" : number(a.match.similarity, 2),
					verdict(String(a.allow)),
					a.deviceId,
				];
		return [row(headings(), cells, { class: "attempt" }), below];
	};

	/** count shows how many rows have each value, to choose by. */
	const count = (found: NonNullable<Page["facets"]>): void => {
		boxes.replaceChildren(
			...facets.flatMap((name) => {
				const values = found[name] ?? [];
				const mine = chosen.get(name) ?? new Set<string>();
				chosen.set(name, mine);
				const list = [
					...values.map((v) => [v.value, v.count] as const),
					...[...mine].filter((v) => !values.some((f) => f.value === v)).map((v) => [v, 0] as const),
				].slice(0, 12);
				if (list.length === 0) return [];
				const ticks = list.map(([value, n]) => {
					const tick = h("input", {
						type: "checkbox",
						name: `${name}=${value}`,
						checked: mine.has(value),
						change: async () => {
							if (tick.checked) mine.add(value);
							else mine.delete(value);
							await search();
							const again = boxes.querySelectorAll("input");
							for (const box of again) if (box.name === tick.name) box.focus();
						},
					});
					return h(
						"label",
						{ class: "tick" },
						tick,
						h("span", {}, valueName(name, value)),
						h("span", { class: "quiet" }, number(n)),
					);
				});
				return [h("fieldset", {}, h("legend", {}, t(name === "reason" ? "reasons" : name)), ...ticks)];
			}),
		);
	};

	const exported = async (): Promise<void> => {
		const format = choice([
			["csv", "CSV"],
			["ndjson", "NDJSON"],
			["parquet", "Parquet"],
		]);
		const go = await ask(
			t("exportTitle"),
			t("exportGo"),
			"",
			h("p", {}, t("exportText", { n: total })),
			field(t("exportFormat"), format),
		);
		if (!go) return;
		says.textContent = t("exporting");
		try {
			const file = await api.file("/api/identity/attempts/export", { body: { ...query, format: format.value } });
			save(file);
			says.textContent = t("exported", { name: file.name });
		} catch (why) {
			says.textContent = "";
			result.prepend(problem(why));
		}
	};

	const form = h(
		"form",
		{
			class: "card search tools",
			role: "search",
			submit: (event) => {
				event.preventDefault();
				void search();
			},
			reset: () => {
				chosen.clear();
				setTimeout(() => void search());
			},
		},
		field(t("searchWords"), words, t("searchHelp")),
		h(
			"div",
			{ class: "fields" },
			field(t("customer"), customer),
			field(t("from"), from, t("days")),
			field(t("until"), to),
			field(t("order"), order),
		),
		narrow,
		h(
			"div",
			{ class: "actions" },
			h("button", { type: "submit", class: "primary" }, t("search")),
			h("button", { type: "reset" }, t("clear")),
			h("button", { type: "button", class: "last", click: () => void exported() }, t("exportTo")),
		),
	);
	// A wide window has room for what to choose by.
	narrow.open = matchMedia("(width >= 60rem) and (height >= 40rem)").matches;
	void search();
	return h("div", { class: "stack" }, form, says, result);
}

/** valueName is what a value is called; what callers and rules name stays as it is. */
function valueName(facet: (typeof facets)[number], value: string): string {
	if (facet === "trigger" || facet === "deviceId" || facet === "reason") return value;
	return word(facet === "riskLevel" && value !== "none" ? "" : "v_", value);
}

function headings(): string[] {
	return [
		t("time"),
		t("customer"),
		t("trigger"),
		t("riskLevel"),
		t("liveness"),
		t("match"),
		t("similarity"),
		t("allowed"),
		t("device"),
	];
}
