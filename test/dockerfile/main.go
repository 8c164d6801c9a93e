// The checks of `docker build --check`, without Docker: BuildKit's own linter over a Dockerfile. Prints what it finds as
// JSON, for each platform that is asked for. Base images are not pulled: of them it is told only that they exist for the
// platform.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

type finding struct {
	Platform string `json:"platform"`
	Rule     string `json:"rule"`
	Detail   string `json:"detail"`
}

type baseImages struct{}

func (baseImages) ResolveImageConfig(_ context.Context, reference string, options sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	platform := platforms.DefaultSpec()
	if options.ImageOpt != nil && options.ImageOpt.Platform != nil {
		platform = *options.ImageOpt.Platform
	}
	config, err := json.Marshal(ocispecs.Image{Platform: platform})
	return reference, digest.FromString(reference), config, err
}

func lint(file string, platform ocispecs.Platform) ([]finding, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	source := llb.NewSourceMap(nil, filepath.Base(file), "Dockerfile", content)
	// Where the file itself came from, which no finding names.
	source.Definition = &llb.Definition{}
	results, err := dockerfile2llb.DockerfileLint(context.Background(), content, dockerfile2llb.ConvertOpt{
		Config:         dockerui.Config{BuildPlatforms: []ocispecs.Platform{platform}},
		TargetPlatform: &platform,
		MetaResolver:   baseImages{},
		SourceMap:      source,
	})
	if err != nil {
		return nil, err
	}
	name := platforms.Format(platform)
	found := []finding{}
	for _, warning := range results.Warnings {
		found = append(found, finding{name, warning.RuleName, warning.Detail})
	}
	if results.Error != nil {
		found = append(found, finding{name, "error", results.Error.Message})
	}
	return found, nil
}

func run(file string, names []string) error {
	all := []finding{}
	for _, name := range names {
		platform, err := platforms.Parse(name)
		if err != nil {
			return err
		}
		found, err := lint(file, platform)
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	return json.NewEncoder(os.Stdout).Encode(all)
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: dockerfile-lint FILE PLATFORM,PLATFORM")
		os.Exit(2)
	}
	if err := run(os.Args[1], strings.Split(os.Args[2], ",")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
