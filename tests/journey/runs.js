// Runs before any script of a page and keeps, in `globalThis.runs`, whether Streamlit's server has run all that the page
// asked of it. Only the messages tell: until the first answer to a click arrives, the page looks as it did before.
//
// Messages are protobufs (streamlit/proto/{BackMsg,ForwardMsg,ClientState}.proto); these are the fields that are read.
(() => {
    const RERUN = 11, FILE_URLS = 16, IS_AUTO_RERUN = 6;
    const NEW_SESSION = 4, SCRIPT_FINISHED = 6, HEARTBEAT_ACK = 26;
    const EARLY_FOR_RERUN = 2;
    const HEARTBEAT = new Uint8Array([0x88, 0x01, 0x01]);

    // The fields of a message by their number: numbers, and bytes of what is nested; of repeated ones the last.
    const read = (bytes) => {
        const fields = {};
        let at = 0;
        const number = () => {
            for (let value = 0, unit = 1; ; unit *= 128) {
                const byte = bytes[at++];
                value += (byte % 128) * unit;
                if (byte < 128) return value;
            }
        };
        while (at < bytes.length) {
            const tag = number();
            const length = { 1: 8, 2: tag % 8 === 2 ? number() : 0, 5: 4 }[tag % 8];
            fields[Math.floor(tag / 8)] = tag % 8 === 0 ? number() : bytes.subarray(at, (at += length));
        }
        return fields;
    };

    // asked -> running -> over -> drawing -> done. A page that has asked nothing yet waits for its first run.
    const runs = (globalThis.runs = { stage: "asked" });
    let connected = false;

    // React has drawn all that was told once nothing waits at its root, be it for a moment: what measures itself draws
    // on and on.
    const finish = () => {
        const page = document.getElementById("root");
        const { stateNode: react } = page[Object.keys(page).find((key) => key.startsWith("__reactContainer$"))];
        if (runs.stage !== "drawing") return;
        if (react.pendingLanes === 0) runs.stage = "done";
        else setTimeout(finish);
    };

    globalThis.WebSocket = class extends WebSocket {
        constructor(...given) {
            super(...given);
            // What was asked of a connection that is gone is not answered any more; Streamlit asks again if it needs to.
            if (connected) runs.stage = "done";
            connected = true;
            this.addEventListener("message", (event) => this.#hear(read(new Uint8Array(event.data))));
        }

        send(data) {
            const message = read(data);
            // What a page asks by the clock it goes on asking; nobody can wait for the end of that. A file that was
            // chosen is asked about first, and once it is sent, the page asks for a run.
            const byClock = RERUN in message && read(message[RERUN])[IS_AUTO_RERUN];
            if ((RERUN in message && !byClock) || FILE_URLS in message) runs.stage = "asked";
            super.send(data);
        }

        // A run that began after the last question can still be that of the question before: a fragment waits for its
        // turn. The server takes messages in order, so by the answer to a heartbeat one that waited has begun.
        #hear(message) {
            if (NEW_SESSION in message && runs.stage !== "done") runs.stage = "running";
            if (runs.stage === "running" && message[SCRIPT_FINISHED] !== undefined
                && message[SCRIPT_FINISHED] !== EARLY_FOR_RERUN) {
                runs.stage = "over";
                super.send(HEARTBEAT);
            }
            if (HEARTBEAT_ACK in message && runs.stage === "over") {
                runs.stage = "drawing";
                setTimeout(finish);
            }
        }
    };
})();
