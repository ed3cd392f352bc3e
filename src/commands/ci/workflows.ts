/** Workflows that test a project against a backend of their own. */

/** The services that a workflow is written for, and where each looks for it. */
export const WORKFLOWS = {
  github: { folder: ".github/workflows", name: "insforge.yml", text: github },
  gitlab: { folder: "", name: ".gitlab-ci.yml", text: gitlab },
} as const;

const INSTALL = "curl --proto '=https' --tlsv1.2 -fsSL " +
  "https://github.com/InsForge/insforge-cli/releases/latest/download/install.sh | sh";

/** What brings a backend to where tests begin. */
const STEPS = [
  ["Install the packages", "if [ -f package-lock.json ]; then npm ci; fi"],
  ["Start the backend", "insforge local start"],
  ["Apply the migrations", "if [ -d migrations ]; then insforge db migrations up; fi"],
  ["Fill the database", "if [ -f insforge/seed.sql ]; then insforge db seed; fi"],
  ["Look at the schema", "insforge db lint --fail-on critical"],
  [
    "Deploy the functions",
    "if [ -d insforge/functions ]; then insforge functions deploy --all; fi",
  ],
  ["Tell the app", "insforge env pull"],
] as const;

function github(test: string): string {
  const steps = STEPS.map(([name, run]) => `      - name: ${name}\n        run: ${run}\n`);
  return `name: insforge
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Install insforge
        run: |
          ${INSTALL}
          echo "$HOME/.local/bin" >> "$GITHUB_PATH"
${steps.join("")}      - name: Run the tests
        run: |
          insforge local run -- ${test}
`;
}

function gitlab(test: string): string {
  const steps = STEPS.map(([, run]) => `    - ${run}\n`);
  return `insforge:
  image: node:22
  script:
    - ${INSTALL}
    - export PATH="$HOME/.local/bin:$PATH"
${steps.join("")}    - |
      insforge local run -- ${test}
`;
}
