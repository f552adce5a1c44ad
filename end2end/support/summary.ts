import type { Reporter, TestCase, TestResult } from "@playwright/test/reporter";

/** Says at the very end, in a line each, what failed and why: logs are cut from the front. */
export default class Summary implements Reporter {
    private readonly failures: string[] = [];

    onTestEnd(test: TestCase, result: TestResult) {
        if (result.status === test.expectedStatus || result.status === "skipped") return;
        const project = test.parent.project()?.name ?? "";
        const reasons = result.errors.map((error) => firstLines(error.message ?? error.value ?? "no message"));
        this.failures.push(`[${project}] ${test.title}\n${reasons.map((reason) => `      ${reason}`).join("\n")}`);
    }

    onEnd() {
        if (this.failures.length === 0) return;
        console.log(`\n  What failed, in short:\n${this.failures.map((failure) => `    ${failure}`).join("\n")}`);
    }

    printsToStdio() {
        return true;
    }
}

/** The message without colours and in one line, as far as it explains. */
function firstLines(message: string) {
    const plain = message.replace(/\u001b\[[0-9;]*m/g, "").replace(/\s+/g, " ").trim();
    return plain.length > 400 ? `${plain.slice(0, 400)}…` : plain;
}
