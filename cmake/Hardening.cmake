# The interface target `fo_hardening`. Sanitizers and FORTIFY exclude each other.

include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(fo_hardening INTERFACE)

if(FO_SANITIZE)
	target_compile_options(fo_hardening INTERFACE
		-fsanitize=${FO_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
	target_link_options(fo_hardening INTERFACE -fsanitize=${FO_SANITIZE})
else()
	target_compile_options(fo_hardening INTERFACE
		$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
		$<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
endif()

foreach(flag
	-fstack-protector-strong -fstack-clash-protection -fcf-protection=full -ftrivial-auto-var-init=zero -fno-common
	-fno-strict-aliasing -fno-delete-null-pointer-checks)
	fo_add_flag_if_known(fo_hardening ${flag})
endforeach()

# clang takes it for any target, and then says that it is of no use.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
	fo_add_flag_if_known(fo_hardening -mbranch-protection=standard)
endif()

target_link_options(fo_hardening INTERFACE
	LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack LINKER:--as-needed)
