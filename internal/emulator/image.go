//go:build linux

package emulator

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
)

// ImportBusybox gives the engine an image of a static busybox (Debian package busybox-static) under a name: the
// shell and the few commands that sam local invoke needs in Lambda's image to put its own emulator there.
func (e *Engine) ImportBusybox(ctx context.Context, repository, tag string) error {
	path, err := exec.LookPath("busybox")
	if err != nil {
		return fmt.Errorf("import busybox (Debian package busybox-static): %w", err)
	}
	program, err := os.ReadFile(path) //nolint:gosec // the one that the shell would run
	if err != nil {
		return fmt.Errorf("import busybox: %w", err)
	}
	files, err := busyboxTar(program)
	if err != nil {
		return fmt.Errorf("import busybox: %w", err)
	}
	query := url.Values{"fromSrc": {"-"}, "repo": {repository}, "tag": {tag}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://docker/images/create?"+query.Encode(), files)
	if err != nil {
		return fmt.Errorf("import busybox: %w", err)
	}
	response, err := e.client(importBound).Do(request)
	if err != nil {
		return fmt.Errorf("import busybox: %w", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || bytes.Contains(answer, []byte(`"error"`)) {
		return fmt.Errorf("import busybox: %s, %w: %s", response.Status, err, answer)
	}
	return nil
}

// busyboxTar is a file system with busybox under the names of the commands that are needed.
func busyboxTar(program []byte) (io.Reader, error) {
	var out bytes.Buffer
	archive := tar.NewWriter(&out)
	headers := []tar.Header{
		{Typeflag: tar.TypeReg, Name: "bin/busybox", Mode: 0o755, Size: int64(len(program))},
		{Typeflag: tar.TypeDir, Name: "tmp", Mode: 0o1777},
	}
	for _, command := range []string{"sh", "mkdir", "mv", "chmod"} {
		headers = append(headers, tar.Header{Typeflag: tar.TypeSymlink, Name: "bin/" + command, Linkname: "busybox", Mode: 0o777})
	}
	for i, header := range headers {
		if err := archive.WriteHeader(&header); err != nil {
			return nil, err
		}
		if i == 0 {
			if _, err := archive.Write(program); err != nil {
				return nil, err
			}
		}
	}
	return &out, archive.Close()
}
