# How `sam build` makes a function. Without cgo the program needs no C library, on any processor; without
# debug information its zip is half as large. SAM names the target and the folder $(ARTIFACTS_DIR).

build = CGO_ENABLED=0 GOOS=linux GOARCH=$(GOARCH) \
	go build -trimpath -buildvcs=false -ldflags=-s -tags=lambda.norpc -o "$(ARTIFACTS_DIR)/bootstrap" ./handlers/$(1)

.PHONY: build-ScalerFunction build-EnrollerFunction build-ReconcilerFunction
build-ScalerFunction:     ; $(call build,scaler)
build-EnrollerFunction:   ; $(call build,enroller)
build-ReconcilerFunction: ; $(call build,reconciler)
