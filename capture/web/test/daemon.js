// A daemon for tests, inside the page: it takes the offer that the page would
// post, answers it with a real peer connection, and speaks the protocol. It
// judges nothing. Loaded before the page's own scripts.
//
// window.daemon.script says what it does; a test may also speak by hand.
(() => {
	const K = "#919191";
	const M = "#e900ff";
	const G = "#009e00";
	const C = "#0087ff";
	const A = "#bb7a00";
	const now = () => performance.timeOrigin + performance.now();
	const pause = (ms) => new Promise((done) => setTimeout(done, ms));

	const daemon = {
		/** What the daemon does next; tests change it before or between captures. */
		script: {
			status: 201,
			retryAfter: 0,
			guides: [
				[50, "position", "no_face"],
				[300, "ready", ""],
			],
			lead: 700,
			slots: [
				[[M, M, M, M], 400],
				[[C, A, C, A], 433],
				[[G, G, G, G], 400],
				[[A, A, C, C], 466],
			],
			tail: 200,
			done: { outcome: "captured", bundle: "e30.e30.c2ln" },
			silent: false, // answers nothing after the offer
		},
		/** Each message of the page, with the time it came. */
		heard: [],
		/** Each slot that was sent. */
		sent: [],
		posts: [],
		deletes: [],
		frames: 0,
		size: "",
		channel: null,
		peer: null,
		send(message) {
			this.channel.send(typeof message === "string" ? message : JSON.stringify(message));
		},
		messages(type) {
			return this.heard.filter((m) => m.type === type);
		},
	};
	window.daemon = daemon;
	window.palette = { K, M, G, C, A };

	const fetchReally = window.fetch.bind(window);
	window.fetch = async (input, init = {}) => {
		const url = new URL(String(input), location.href);
		if (!url.pathname.startsWith("/whip/")) return fetchReally(input, init);
		const headers = new Headers(init.headers);
		const call = { path: url.pathname, authorization: headers.get("Authorization"), type: headers.get("Content-Type") };
		if (init.method === "DELETE") {
			daemon.deletes.push(call);
			void close(daemon.peer);
			return new Response(null, { status: 200 });
		}
		call.offer = init.body;
		daemon.posts.push(call);
		const { status, retryAfter } = daemon.script;
		if (status === 0) throw new TypeError("network");
		if (status !== 201) {
			return new Response("{}", { status, headers: retryAfter ? { "Retry-After": String(retryAfter) } : {} });
		}
		const answer = await answerTo(init.body);
		return new Response(answer, { status: 201, headers: { Location: `${url.pathname}/s1`, ETag: '"1"' } });
	};

	/** close hears what was sent before a session was withdrawn. */
	async function close(peer) {
		for (let i = 0; i < 50 && daemon.messages("abort").length === 0; i++) await pause(20);
		peer?.close();
	}

	async function answerTo(offer) {
		const peer = new RTCPeerConnection();
		daemon.peer = peer;
		peer.ondatachannel = (e) => speak(e.channel);
		peer.ontrack = (e) => watch(e.track);
		await peer.setRemoteDescription({ type: "offer", sdp: offer });
		await peer.setLocalDescription(await peer.createAnswer());
		while (peer.iceGatheringState !== "complete") await pause(10);
		return peer.localDescription.sdp;
	}

	function watch(track) {
		const video = document.createElement("video");
		video.muted = true;
		video.srcObject = new MediaStream([track]);
		video.play().catch(() => {});
		const count = () => {
			daemon.frames++;
			daemon.size = `${video.videoWidth}x${video.videoHeight}`;
			video.requestVideoFrameCallback?.(count);
		};
		video.requestVideoFrameCallback?.(count);
	}

	function speak(channel) {
		daemon.channel = channel;
		daemon.label = channel.label;
		daemon.ordered = channel.ordered && channel.maxRetransmits === null && channel.maxPacketLifeTime === null;
		channel.onmessage = (e) => {
			const m = JSON.parse(e.data);
			daemon.heard.push({ ...m, heard: now(), bytes: e.data.length });
			if (daemon.script.silent) return;
			if (m.type === "hello") void guide();
			if (m.type === "ping") daemon.send({ type: "pong", n: m.n, at: m.at, now: now() });
			if (m.type === "start") void play();
			if (m.type === "abort")
				void pause(50).then(() => daemon.send({ type: "done", outcome: "retry", hint: m.reason }));
		};
	}

	async function guide() {
		daemon.send({ type: "ping", n: 1, at: now(), unknownField: true });
		for (const [ms, state, hint] of daemon.script.guides) {
			await pause(ms);
			daemon.send({ type: "guide", state, ...(hint ? { hint } : {}) });
		}
	}

	async function play() {
		const { slots, lead, tail, done } = daemon.script;
		const channel = daemon.channel;
		const gone = () => channel.readyState !== "open" || daemon.messages("abort").length > 0;
		daemon.send({ type: "arm", steps: slots.length, leadMs: lead });
		let at = now() + lead;
		daemon.sent = [];
		for (let i = 0; i < slots.length; i++) {
			const [tiles, ms] = slots[i];
			await pause(Math.max(0, at - 250 - now()));
			if (gone()) return;
			const slot = { type: "slot", i, tiles, at, ms };
			daemon.sent.push(slot);
			daemon.send(slot);
			at += ms;
		}
		await pause(Math.max(0, at + tail - now()));
		if (gone() || daemon.script.stuck) return;
		daemon.send({ type: "finish" });
		await pause(daemon.script.judging ?? 150);
		if (!gone()) daemon.send({ type: "done", ...done });
	}
})();
