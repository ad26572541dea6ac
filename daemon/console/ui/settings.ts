// What an org asks for at each risk level: read, changed with both values in
// sight, and every version there was.

import { Refusal } from "./api";
import {
	type Change,
	changes,
	differences,
	type Group,
	groups,
	levels,
	type Overrides,
	type Policy,
	readValue,
	type Setting,
	settingsOf,
	tierSettings,
	type Value,
	valuesOf,
} from "./change";
import type { Session } from "./main";
import { ask, badge, button, card, field, h, input, mono, problem, table, waiting } from "./parts";
import { type Key, moment, number, t, word } from "./words";

const path = "/api/identity/settings/risk-tiers";

export function settings({ api, me, signal }: Session): HTMLElement {
	const view = h("div", { class: "stack" }, waiting());
	const load = async (says = ""): Promise<void> => {
		try {
			const [now, versions] = await Promise.all([
				api.json<Policy>(path),
				api.json<{ data: Policy[]; defaults: Policy }>(`${path}/versions`),
			]);
			if (signal.aborted) return;
			view.replaceChildren(
				h("p", {}, t("tierIntro")),
				h("p", { role: "status", class: says ? "said" : "aloud" }, says),
				editor(now, versions.defaults),
				history(versions.data, versions.defaults),
			);
		} catch (why) {
			if (!signal.aborted) view.replaceChildren(problem(why, () => void load()));
		}
	};

	const editor = (now: Policy, defaults: Policy): HTMLElement => {
		const may = me.scopes.includes("settings:write");
		const controls = new Map<string, HTMLInputElement | HTMLSelectElement>();
		const trouble = h("div");
		const note = input({ maxlength: "256", name: "note" });

		const control = (group: Group, setting: Setting): HTMLElement => {
			const at = `${group}.${setting.name}`;
			const own = now.overrides?.[group]?.[setting.name];
			const usual = defaultOf(setting, valuesOf(defaults, group)[setting.name] ?? "");
			const label = `${groupName(group)}: ${t(settingKey(group, setting))}`;
			const attributes = { name: at, "aria-label": label, disabled: !may };
			const made = setting.words
				? h(
						"select",
						attributes,
						h("option", { value: "", selected: own === undefined }, usual),
						...setting.words.map((w) => h("option", { value: w, selected: own === w }, word("assurance_", w))),
					)
				: input({
						...attributes,
						inputmode: setting.whole ? "numeric" : "decimal",
						value: own === undefined ? "" : String(own),
						placeholder: usual,
					});
			made.addEventListener("input", () => made.removeAttribute("aria-invalid"));
			controls.set(at, made);
			return made;
		};

		const tiers = h(
			"table",
			{ class: "grid tiers" },
			h("caption", { class: "aloud" }, t("settings")),
			h("thead", {}, h("tr", {}, h("td"), ...levels.map((l) => h("th", { scope: "col" }, t(l))))),
			h(
				"tbody",
				{},
				...tierSettings.map((setting) =>
					h(
						"tr",
						{},
						h("th", { scope: "row" }, t(settingKey("low", setting)), h("small", {}, t(helpKey("low", setting)))),
						...levels.map((l) =>
							h("td", {}, h("span", { class: "level-name", "aria-hidden": "true" }, t(l)), control(l, setting)),
						),
					),
				),
			),
		);
		const fields = (group: Group): HTMLElement =>
			h(
				"div",
				{ class: "fields" },
				...settingsOf(group).map((setting) =>
					field(t(settingKey(group, setting)), control(group, setting) as HTMLInputElement, t(helpKey(group, setting))),
				),
			);

		/** blame marks the fields that are at fault and goes to the first. */
		const blame = (names: string[]): void => {
			for (const name of names) controls.get(name)?.setAttribute("aria-invalid", "true");
			controls.get(names[0] ?? "")?.focus();
		};

		const wish = (): Overrides | undefined => {
			const wanted: Overrides = {};
			const bad: string[] = [];
			for (const group of groups)
				for (const setting of settingsOf(group)) {
					const at = `${group}.${setting.name}`;
					const value = readValue(setting, controls.get(at)?.value ?? "");
					if (value === undefined) bad.push(at);
					else if (value !== null) wanted[group] = { ...wanted[group], [setting.name]: value };
				}
			if (bad.length === 0) return wanted;
			trouble.replaceChildren(h("p", { class: "problem", role: "alert" }, t("badNumber")));
			blame(bad);
			return undefined;
		};

		const change = async (): Promise<void> => {
			trouble.replaceChildren();
			const wanted = wish();
			if (!wanted) return;
			const list = changes(now, defaults, wanted);
			if (list.length === 0) {
				trouble.replaceChildren(h("p", { class: "problem", role: "alert" }, t("nothingChanged")));
				return;
			}
			const looser = list.some((c) => c.asks < 0);
			const go = await ask(
				t("confirmTitle"),
				t("confirmGo"),
				looser ? "danger" : "",
				h("p", {}, t("confirmText", { org: me.org, n: now.version + 1 })),
				compared(list),
				...(note.value.trim() ? [h("p", {}, `${t("note")}: ${note.value.trim()}`)] : []),
			);
			if (!go) return;
			const { lockout, behaviour, ...tiers } = wanted;
			try {
				const made = await api.json<Policy>(path, {
					method: "PUT",
					body: {
						version: now.version,
						note: note.value.trim(),
						tiers,
						...(lockout ? { lockout } : {}),
						...(behaviour ? { behaviour } : {}),
					},
				});
				await load(t("changed", { n: made.version }));
			} catch (why) {
				if (why instanceof Refusal && why.code === "settings/changed") {
					trouble.replaceChildren(
						h(
							"div",
							{ class: "problem", role: "alert" },
							h("p", {}, t("conflict")),
							h(
								"div",
								{ class: "actions" },
								button(t("reload"), () => void load()),
							),
						),
					);
					return;
				}
				trouble.replaceChildren(problem(why));
				if (why instanceof Refusal) blame(Object.keys(why.fields));
			}
		};

		return h(
			"form",
			{
				class: "card",
				novalidate: true,
				submit: (event) => {
					event.preventDefault();
					void change();
				},
				reset: () => {
					trouble.replaceChildren();
					for (const c of controls.values()) c.removeAttribute("aria-invalid");
				},
			},
			h("h2", {}, now.version === 0 ? t("versionNone") : t("version_n", { n: now.version })),
			now.version > 0 &&
				h("p", { class: "quiet" }, t("changedBy", { when: moment(now.changedAt), key: now.changedBy ?? "" })),
			tiers,
			h("h3", {}, t("lockout")),
			fields("lockout"),
			h("h3", {}, t("behaviour")),
			fields("behaviour"),
			...(may
				? [
						field(t("note"), note, t("noteHelp")),
						trouble,
						h(
							"div",
							{ class: "actions" },
							h("button", { type: "submit", class: "primary" }, t("review")),
							h("button", { type: "reset" }, t("undo")),
						),
					]
				: [h("p", { class: "problem" }, t("readOnly", { scope: "settings:write" }))]),
		);
	};

	void load();
	return view;
}

function settingKey(group: Group, setting: Setting): Key {
	const kind = group === "lockout" ? "lock" : group === "behaviour" ? "face" : "tier";
	return `${kind}_${setting.name}` as Key;
}

function helpKey(group: Group, setting: Setting): Key {
	return `${settingKey(group, setting)}_help` as Key;
}

function groupName(group: Group): string {
	if (group === "lockout" || group === "behaviour") return t(group);
	return `${t("riskLevel")} ${t(group)}`;
}

function shown(setting: Setting, value: Value): string {
	return setting.words ? word("assurance_", String(value)) : number(Number(value));
}

function defaultOf(setting: Setting, value: Value): string {
	return t("byDefault", { value: shown(setting, value) });
}

/** compared is the change with both values, and whether it asks for less. */
function compared(list: Change[]): HTMLElement {
	return table(
		t("confirmTitle"),
		[t("setting"), t("now"), t("afterwards"), ""],
		list.map((c) => [
			`${groupName(c.group)}: ${t(settingKey(c.group, c.setting))}`,
			shown(c.setting, c.from),
			h("strong", {}, c.byDefault ? t("defaultOf", { value: shown(c.setting, c.to) }) : shown(c.setting, c.to)),
			c.asks < 0 ? badge("warn", t("looser")) : c.asks > 0 ? badge("good", t("stricter")) : "",
		]),
	);
}

/** history is every version, newest first, and what each changed. */
function history(list: Policy[], defaults: Policy): HTMLElement {
	const rows = list.map((v, i) => {
		const before = list[i + 1] ?? defaults;
		const what = differences(before, v).map((d) =>
			h(
				"li",
				{},
				`${groupName(d.group)}: ${t(settingKey(d.group, d.setting))} ${shown(d.setting, d.from)} → ${shown(d.setting, d.to)}`,
			),
		);
		return [
			String(v.version),
			moment(v.changedAt),
			mono(v.changedBy ?? ""),
			h("ul", { class: "plain" }, ...what),
			v.note ?? h("span", { class: "quiet" }, t("noNote")),
		];
	});
	return card(
		t("versions"),
		"versions",
		rows.length > 0
			? table(t("versions"), [t("version"), t("time"), t("apiKey"), t("changes"), t("note")], rows)
			: h("p", {}, t("noVersions")),
	);
}
