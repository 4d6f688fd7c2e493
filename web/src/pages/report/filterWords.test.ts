import { expect, it } from "vitest";
import { fieldsOf } from "../../view/fields";
import { runOf } from "../../view/testRuns";
import { filterWords } from "./filterWords";

const FIELDS = fieldsOf([runOf("one", { config: { lr: 0.1, opt: "adam" }, summary: { loss: 1 } })], null, [
  "lr",
]);

it.each([
  [{ state: "finished" }, "State = finished"],
  [{ display_name: { $regex: "^a" } }, "Name matches ^a"],
  [{ "config.lr": { $gte: 0.01, $lt: 0.1 } }, "lr ≥ 0.01 and lr < 0.1"],
  [{ "config.opt": { $in: ["adam", "sgd"] }, tags: "keep" }, "opt is one of adam, sgd and Tags = keep"],
  [{ "summary_metrics.loss": { $exists: false } }, "loss is missing"],
  [
    { $or: [{ "config.lr": 1, state: "failed" }, { "config.other": { $ne: null } }] },
    "(lr = 1 and State = failed) or other ≠ –",
  ],
  [
    { $and: [{ $or: [{ state: "failed" }, { state: "crashed" }] }, { "config.lr": 1 }] },
    "(State = failed or State = crashed) and lr = 1",
  ],
  [{ $nor: [{ state: "failed" }, { state: "crashed" }] }, "not (State = failed or State = crashed)"],
  [{ "config.lr": { $not: { $gt: 2 } } }, "not (lr > 2)"],
  [{}, "anything holds"],
])("says %j in words", (filter, words) => expect(filterWords(filter, FIELDS)).toBe(words));
