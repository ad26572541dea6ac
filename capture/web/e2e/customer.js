// A customer in front of the camera, for tests against a real daemon. Loaded
// before the page's own scripts, it stands where the camera would be: it
// looks at the colours that the page shows, as late as a camera would, and
// films a head that they fall on.
//
// The head is five pictures that package capture/sim made: the light of the
// room, and what each quarter of the screen adds. window.customerSetting says
// who is in front of the camera:
//
//	live       the head
//	still      the head in neutral light, whatever the screen shows
//	wrong      the head in the light of other colours than are shown
//	tint       the still, all of it tinted in the right colours by software
//	facetint   the still, only the face tinted in the right colours
//	replay     the frames of an earlier live session, kept by record: true
//
// freezeAt stops the camera at that slot.
(() => {
	const media = navigator.mediaDevices;
	const setting = { kind: "live", lag: 120, zoom: 1.18, record: false, freezeAt: -1, ...window.customerSetting };
	const neutral = "#919191";
	const neutralTiles = [neutral, neutral, neutral, neutral];
	const width = 640;
	const height = 480;

	const decode = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
	const steps = 8192;
	const encode = new Uint8ClampedArray(steps + 1);
	for (let i = 0; i <= steps; i++) {
		const l = i / steps;
		encode[i] = Math.round(255 * (l <= 0.0031308 ? 12.92 * l : 1.055 * l ** (1 / 2.4) - 0.055));
	}
	const light = (hex) => [1, 3, 5].map((i) => decode(Number.parseInt(hex.slice(i, i + 2), 16) / 255));

	/** plane is one picture of the basis in linear light, three values a pixel. */
	async function plane({ data, scale }) {
		const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
		const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }), { colorSpaceConversion: "none" });
		const canvas = document.createElement("canvas");
		[canvas.width, canvas.height] = [width, height];
		const context = canvas.getContext("2d", { willReadFrequently: true });
		context.drawImage(bitmap, 0, 0);
		const { data: pixels } = context.getImageData(0, 0, width, height);
		const table = Float32Array.from({ length: 256 }, (_, i) => scale * decode(i / 255));
		const linear = new Float32Array(width * height * 3);
		for (let i = 0, o = 0; i < pixels.length; i += 4) for (let c = 0; c < 3; c++) linear[o++] = table[pixels[i + c]];
		return linear;
	}

	let planes;
	let inNeutral;
	const ready = (async () => {
		planes = await Promise.all(setting.basis.pictures.map(plane));
		inNeutral = mixed(neutralTiles);
	})();

	/** mixed is the head in the light of the tiles. */
	function mixed(tiles) {
		const [room, a, b, c, d] = planes;
		const out = new Float32Array(room.length);
		for (let primary = 0; primary < 3; primary++) {
			const [wa, wb, wc, wd] = tiles.map((t) => light(t)[primary]);
			for (let i = primary; i < out.length; i += 3) out[i] = room[i] + wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
		}
		return out;
	}

	/** tinted is the still with the mean colour of the screen laid over it, as strong as the light would be on the face. */
	function tinted(tiles, where) {
		const n = light(neutral);
		const out = new Float32Array(inNeutral.length);
		for (let primary = 0; primary < 3; primary++) {
			const mean = tiles.reduce((sum, t) => sum + light(t)[primary] / 4, 0) - n[primary];
			const more = mean * response()[primary];
			for (let i = primary, p = 0; i < out.length; i += 3, p++) out[i] = inNeutral[i] * (1 + where[p] * more);
		}
		return out;
	}

	/** everywhere and face are how much of a tint each pixel takes. */
	const everywhere = new Float32Array(width * height).fill(1);
	const face = new Float32Array(width * height);
	{
		const [x, y, w, h] = setting.basis.box;
		for (let p = 0; p < face.length; p++) {
			const dx = ((p % width) - x - w / 2) / (w / 2);
			const dy = (Math.floor(p / width) - y - h / 2) / (h / 2);
			face[p] = Math.min(1, Math.max(0, (1.15 - Math.sqrt(dx * dx + dy * dy)) / 0.15));
		}
	}

	/** response is how strongly the living face answers to each primary: its light at full screen, over its light in neutral. */
	let known;
	function response() {
		if (known) return known;
		const [x, y, w, h] = setting.basis.box;
		const sums = [0, 0, 0];
		const all = [0, 0, 0];
		for (let row = Math.round(y + h * 0.2); row < y + h * 0.9; row++)
			for (let col = Math.round(x + w * 0.2); col < x + w * 0.8; col++)
				for (let c = 0; c < 3; c++) {
					const i = 3 * (row * width + col) + c;
					all[c] += inNeutral[i];
					sums[c] += planes[1][i] + planes[2][i] + planes[3][i] + planes[4][i];
				}
		known = sums.map((s, c) => s / all[c]);
		return known;
	}

	/** The daemon's colours, each with another one that it is not and whose complement it is not. */
	const others = { "#e900ff": "#bb7a00", "#bb7a00": "#009e00", "#009e00": "#0087ff", "#0087ff": "#e900ff" };
	const trouble = [];

	function other(colour) {
		if (isGrey(colour)) return colour;
		// A palette that this file does not know would make the wrong colours the right ones.
		if (!others[colour]) trouble.push(`the colour ${colour} is not known`);
		return others[colour] ?? neutral;
	}

	function filmed(tiles) {
		switch (setting.kind) {
			case "still":
				return inNeutral;
			case "wrong":
				return mixed(tiles.map(other));
			case "tint":
				return tinted(tiles, everywhere);
			case "facetint":
				return tinted(tiles, face);
			default:
				return mixed(tiles);
		}
	}

	const pictures = new Map();

	/** picture is what is filmed under the tiles, on a canvas; the same tiles are mixed once. */
	function picture(tiles) {
		const key = tiles.join();
		let canvas = pictures.get(key);
		if (canvas) return canvas;
		const linear = filmed(tiles);
		canvas = document.createElement("canvas");
		[canvas.width, canvas.height] = [width, height];
		const context = canvas.getContext("2d");
		const image = context.createImageData(width, height);
		const { data } = image;
		for (let i = 0, o = 0; i < linear.length; i += 3, o += 4) {
			data[o] = encode[Math.min(steps, (linear[i] * steps + 0.5) | 0)];
			data[o + 1] = encode[Math.min(steps, (linear[i + 1] * steps + 0.5) | 0)];
			data[o + 2] = encode[Math.min(steps, (linear[i + 2] * steps + 0.5) | 0)];
			data[o + 3] = 255;
		}
		context.putImageData(image, 0, 0);
		if (pictures.size > 32) pictures.clear();
		pictures.set(key, canvas);
		return canvas;
	}

	/** imagine mixes ahead what the screen may show, so that no frame waits for it. */
	async function imagine() {
		const pairs = [
			["#e900ff", "#009e00"],
			["#0087ff", "#bb7a00"],
		];
		for (const pair of pairs)
			for (const [a, b] of [pair, [...pair].reverse()])
				for (const tiles of [
					[a, a, a, a],
					[a, b, a, b],
					[a, a, b, b],
				]) {
					picture(tiles);
					await new Promise((done) => setTimeout(done, 30));
				}
	}

	/** What noise there is: grey, and never the same twice running. */
	const noises = [0, 1, 2, 3].map(() => {
		const canvas = document.createElement("canvas");
		[canvas.width, canvas.height] = [width + 64, height + 64];
		const context = canvas.getContext("2d");
		const image = context.createImageData(canvas.width, canvas.height);
		for (let i = 0; i < image.data.length; i += 4) {
			for (let c = 0; c < 3; c++) image.data[i + c] = 128 + 40 * (Math.random() + Math.random() + Math.random() - 1.5);
			image.data[i + 3] = 255;
		}
		context.putImageData(image, 0, 0);
		return canvas;
	});

	/** The colours on the screen with their times, and how they were lag milliseconds ago. */
	const log = [];
	let slots = -1;
	let opened = 0;

	function isGrey(hex) {
		const parts = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
		return Math.max(...parts) - Math.min(...parts) < 24;
	}

	function watch(now) {
		const tiles = document.querySelector("rostod-capture")?.tiles ?? null;
		if (!tiles) opened = 0;
		else if (!opened) opened = now;
		const last = log.at(-1);
		const grey = !tiles || tiles.every(isGrey);
		// The exposure of a camera follows the grey of a fade.
		const seen = grey ? neutralTiles : tiles;
		if (!last || last.tiles.join() !== seen.join()) {
			log.push({ t: now, tiles: seen });
			if (!grey) slots++;
		}
		if (log.length > 64) log.shift();
	}

	function seenAt(t) {
		return (log.findLast((l) => l.t <= t) ?? log[0]).tiles;
	}

	/** draw draws one frame: the head sways, and nothing is without noise. */
	function draw(context, now) {
		const s = now / 1000;
		const sway = [1.6 * Math.sin(1.3 * s) + 0.7 * Math.sin(2.9 * s + 1), 1.1 * Math.sin(0.9 * s + 2)];
		const zoom = setting.zoom * (1 + 0.003 * Math.sin(0.7 * s));
		const [x, y, w, h] = setting.basis.box;
		context.globalCompositeOperation = "source-over";
		context.globalAlpha = 1;
		context.setTransform(
			zoom,
			0,
			0,
			zoom,
			width / 2 - zoom * (x + w / 2) + sway[0],
			height / 2 - zoom * (y + h / 2) + sway[1],
		);
		context.imageSmoothingEnabled = true;
		context.drawImage(picture(seenAt(now - setting.lag)), 0, 0);
		context.setTransform(1, 0, 0, 1, 0, 0);
		context.globalCompositeOperation = "overlay";
		context.globalAlpha = 0.12;
		const i = Math.floor(Math.random() * 4);
		context.drawImage(noises[i], -Math.floor(Math.random() * 64), -Math.floor(Math.random() * 64));
	}

	// The tape of an earlier session, in the browser's own store.
	const tape = { frames: [], at: [] };

	function store(mode) {
		return new Promise((done, fail) => {
			const open = indexedDB.open("customer", 1);
			open.onupgradeneeded = () => open.result.createObjectStore("tape");
			open.onerror = () => fail(open.error);
			open.onsuccess = () => done(open.result.transaction("tape", mode).objectStore("tape"));
		});
	}

	async function keep() {
		const kept = (await Promise.all(tape.frames)).map((blob, i) => ({ blob, at: tape.at[i] }));
		const frames = await store("readwrite");
		await new Promise((done, fail) => {
			frames.put(kept, "frames");
			// Not before the transaction is written: the page is closed next.
			frames.transaction.oncomplete = done;
			frames.transaction.onabort = () => fail(frames.transaction.error);
		});
		return kept.length;
	}

	async function recall() {
		const frames = await store("readonly");
		const kept = await new Promise((done, fail) => {
			const get = frames.get("frames");
			get.onsuccess = () => done(get.result ?? []);
			get.onerror = () => fail(get.error);
		});
		if (kept.length === 0) trouble.push("there is no tape to replay");
		return Promise.all(kept.map(async ({ blob, at }) => ({ at, bitmap: await createImageBitmap(blob) })));
	}

	function record(canvas, now) {
		if (!opened) return;
		tape.at.push(now - opened);
		tape.frames.push(new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.93)));
	}

	async function film() {
		await ready;
		const canvas = document.createElement("canvas");
		[canvas.width, canvas.height] = [width, height];
		const context = canvas.getContext("2d", { alpha: false });
		const replayed = setting.kind === "replay" ? await recall() : [];
		log.push({ t: 0, tiles: neutralTiles });
		draw(context, performance.now());
		// Chromium films steadily when it is told of each frame. Firefox films each picture that was drawn; asked for
		// 30 a second it looks by a clock of its own, which beats with the drawing, and 19 come of 30.
		const told = !navigator.userAgent.includes("Firefox");
		const stream = told ? canvas.captureStream(0) : canvas.captureStream();
		const track = stream.getVideoTracks()[0];
		let due = 0;
		const tick = (now) => {
			if (track.readyState === "ended") return;
			requestAnimationFrame(tick);
			watch(now);
			if (now < due || (setting.freezeAt >= 0 && slots >= setting.freezeAt)) return;
			due = Math.max(due + 1000 / 30, now - 5);
			if (replayed.length > 0 && opened) {
				const frame = replayed.findLast((f) => f.at <= now - opened) ?? replayed[0];
				context.setTransform(1, 0, 0, 1, 0, 0);
				context.globalCompositeOperation = "source-over";
				context.globalAlpha = 1;
				context.drawImage(frame.bitmap, 0, 0);
			} else draw(context, now);
			if (told) track.requestFrame();
			if (setting.record) record(canvas, now);
		};
		requestAnimationFrame(tick);
		void imagine();
		return stream;
	}

	media.getUserMedia = () => film();
	media.enumerateDevices = async () => [];

	window.customer = {
		/** portrait is a picture of the head in neutral light, JPEG, base64. */
		async portrait() {
			await ready;
			const canvas = document.createElement("canvas");
			[canvas.width, canvas.height] = [width, height];
			const context = canvas.getContext("2d", { alpha: false });
			log.push({ t: 0, tiles: neutralTiles });
			draw(context, 0);
			return canvas.toDataURL("image/jpeg", 0.95).split(",")[1];
		},
		keep,
		trouble,
	};
})();
