// The words in which the element speaks with its host.

import type { Phase } from "./session";

/** Where a capture stands, as `rostod-progress` says it. */
export type State = "intro" | "camera" | Phase | "captured" | "retry" | "stopped" | "other_way" | "problem";

/** A new challenge, for another try. */
export type Renewed = { whipUrl: string; token: string };

/** Why the customer goes another way: they chose it, the daemon offers no more tries, or colours are switched off. */
export type OtherWay = { reason: "customer" | "daemon" | "noflash" };
