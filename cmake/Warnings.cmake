# The interface target `fo_warnings`: every warning this project wants, as far as the compiler
# knows it. They are errors in the developers' presets only (CMAKE_COMPILE_WARNING_AS_ERROR): a
# newer compiler must never break a user's build.

include(CheckCCompilerFlag)

add_library(fo_warnings INTERFACE)

function(fo_add_flag_if_known target flag)
	string(MAKE_C_IDENTIFIER "HAVE${flag}" known)
	check_c_compiler_flag("${flag}" ${known})
	if(${known})
		target_compile_options(${target} INTERFACE ${flag})
	endif()
endfunction()

foreach(warning
	all extra pedantic conversion sign-conversion shadow undef vla alloca format=2
	format-signedness cast-qual cast-align=strict pointer-arith write-strings null-dereference
	strict-prototypes missing-prototypes old-style-definition redundant-decls
	implicit-fallthrough duplicated-cond duplicated-branches logical-op jump-misses-init
	double-promotion float-equal arith-conversion unused-macros
	comma missing-variable-declarations shorten-64-to-32)
	fo_add_flag_if_known(fo_warnings -W${warning})
endforeach()

if(FO_ANALYZER)
	target_compile_options(fo_warnings INTERFACE -fanalyzer)
endif()
