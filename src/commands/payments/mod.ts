import type { Group } from "../../cli/command.ts";
import { BACKEND } from "../../invocation/grants/reach.ts";
import { notHere } from "../elsewhere/mod.ts";

const config: Group = {
  description: "Set or remove a key of Stripe.",
  example: ["Set a key", "insforge payments stripe config set"],
  commands: {
    set: {
      description: "Set a key, and read what its account has.",
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./config_set.ts")).set,
    },
    remove: {
      description: "Remove a key.",
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./config_remove.ts")).remove,
    },
  },
};

const webhooks: Group = {
  description: "Have Stripe's events come in.",
  example: [
    "Have events come in",
    "insforge payments stripe webhooks configure",
  ],
  commands: {
    configure: {
      description: "Have events come in, or say what is to be done for it.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./webhooks_configure.ts")).configure,
    },
  },
};

const products: Group = {
  description: "Manage what is sold.",
  example: ["List them", "insforge payments stripe products list"],
  commands: {
    list: {
      description: "List the products, as they were last read.",
      reach: BACKEND,
      load: async () => (await import("./products/list.ts")).list,
    },
    get: {
      description: "Show a product and its prices.",
      reach: BACKEND,
      load: async () => (await import("./products/get.ts")).get,
    },
    create: {
      description: "Make a product at Stripe.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./products/create.ts")).create,
    },
    update: {
      description: "Change a product at Stripe.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./products/update.ts")).update,
    },
    delete: {
      description: "Delete a product at Stripe that has no prices.",
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./products/delete.ts")).remove,
    },
  },
};

const prices: Group = {
  description: "Manage what products cost.",
  example: ["List them", "insforge payments stripe prices list"],
  commands: {
    list: {
      description: "List the prices, as they were last read.",
      reach: BACKEND,
      load: async () => (await import("./prices/list.ts")).list,
    },
    get: {
      description: "Show a price.",
      reach: BACKEND,
      load: async () => (await import("./prices/get.ts")).get,
    },
    create: {
      description: "Make a price at Stripe, once or recurring.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./prices/create.ts")).create,
    },
    update: {
      description: "Change a price at Stripe; never what is paid.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./prices/update.ts")).update,
    },
    archive: {
      description: "Take a price off sale.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./prices/archive.ts")).archive,
    },
  },
};

const stripe: Group = {
  description: "Sell by Stripe.",
  example: ["See whether there is a key", "insforge payments stripe status"],
  commands: {
    status: {
      description: "Show the keys, masked, and the last sync.",
      reach: BACKEND,
      load: async () => (await import("./status.ts")).status,
    },
    config,
    sync: {
      description: "Read what Stripe has.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./sync.ts")).sync,
    },
    webhooks,
    catalog: {
      description: "List the products and prices.",
      reach: BACKEND,
      load: async () => (await import("./catalog.ts")).catalog,
    },
    products,
    prices,
    customers: {
      description: "List the customers, and what they have paid.",
      reach: BACKEND,
      load: async () => (await import("./customers.ts")).customers,
    },
    subscriptions: {
      description: "List the subscriptions.",
      reach: BACKEND,
      load: async () => (await import("./subscriptions.ts")).subscriptions,
    },
    transactions: {
      description: "List what was paid and given back.",
      reach: BACKEND,
      load: async () => (await import("./transactions.ts")).transactions,
    },
  },
};

/** `insforge payments`. */
export const payments: Group = {
  description: "Sell by Stripe: keys, products, prices, and what was paid.",
  example: ["See whether there is a key", "insforge payments stripe status"],
  commands: { stripe, razorpay: notHere("payments razorpay", "Razorpay") },
};
