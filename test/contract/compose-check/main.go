// Loads a compose file with the loader that Docker Compose itself uses, and prints the project as
// JSON: {"project": ..., "variables": ...}. What the loader refuses ends with exit code 1.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
)

type report struct {
	Project *types.Project `json:"project"`
	// Every ${VARIABLE} that the file asks for, by name.
	Variables map[string]template.Variable `json:"variables"`
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(path string) error {
	project, err := load(path, (*cli.ProjectOptions).LoadProject)
	if err != nil {
		return err
	}
	raw, err := load(path, (*cli.ProjectOptions).LoadModel, cli.WithInterpolation(false))
	if err != nil {
		return err
	}
	variables := template.ExtractVariables(raw, template.DefaultPattern)
	return json.NewEncoder(os.Stdout).Encode(report{project, variables})
}

func load[T any](
	path string,
	read func(*cli.ProjectOptions, context.Context) (T, error),
	more ...cli.ProjectOptionsFn,
) (loaded T, err error) {
	always := []cli.ProjectOptionsFn{cli.WithOsEnv, cli.WithName("sluice")}
	options, err := cli.NewProjectOptions([]string{path}, append(always, more...)...)
	if err != nil {
		return loaded, err
	}
	return read(options, context.Background())
}
