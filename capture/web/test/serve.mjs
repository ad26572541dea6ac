// Serves the page to look at in a browser of one's own, with the double of the
// daemon in it:
//
//	npm run serve [-- PORT]
import { serve } from "./server.mjs";

const server = await serve({ port: Number(process.argv[2] ?? 8099), played: true });
for (const [what, id, config] of [
	["a capture", "fc_1", {}],
	["in Portuguese", "fc_pt", { locale: "pt-BR" }],
	["in Indonesian", "fc_id", { locale: "id" }],
	["without colours", "fc_noflash", { noflash: true }],
	["soft changes", "fc_soft", { soft: true }],
	["expired", "fc_expired"],
	["used", "fc_used"],
	["unknown", "fc_unknown"],
]) {
	if (config) server.configs[id] = config;
	console.log(`${what.padEnd(16)} ${server.origin}/capture/${id}#ct_1`);
}
