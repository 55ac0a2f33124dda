# What is not a program: manual pages, samples, units, completion, fo-setup.

# Below the prefix, or absolute. No PATH: cmake takes a relative one of the command line for one below its own folder.
set(FO_UNITDIR lib/systemd/system CACHE STRING "Where systemd finds units, below the prefix")
set(FO_TMPFILESDIR lib/tmpfiles.d CACHE STRING "Where systemd-tmpfiles finds its files")
set(FO_SYSUSERSDIR lib/sysusers.d CACHE STRING "Where systemd-sysusers finds its files")
set(FO_ZSHDIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING "Where zsh finds completion")
set(samples ${CMAKE_INSTALL_DATADIR}/${PROJECT_NAME})

install(CODE "
	set(FO_BINDIR ${CMAKE_INSTALL_BINDIR})
	set(FO_DOCDIR ${CMAKE_INSTALL_DOCDIR})
	set(FO_SAMPLEDIR ${samples})
	set(FO_SCRATCH ${CMAKE_BINARY_DIR}/installed)")
install(SCRIPT cmake/InstallText.cmake)

# fo_text(FILES|PROGRAMS FOLDER FILE [NAME]): with the paths of the prefix in it.
function(fo_text type folder file)
	get_filename_component(name ${file} NAME)
	if(ARGC GREATER 3)
		set(name ${ARGV3})
	endif()
	install(CODE "fo_put(${type} ${CMAKE_SOURCE_DIR}/${file} ${folder} ${name})")
endfunction()

# fo_find(VARIABLE PATTERN...): files of the tree, relative to it, in an order that is the same everywhere.
function(fo_find variable)
	file(GLOB_RECURSE found RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS ${ARGN})
	set(${variable} ${found} PARENT_SCOPE)
endfunction()

# fo_folder(FILE FROM TO): all files below the folder FROM of the tree go to TO; what has a `#!`, as a program.
function(fo_folder from to)
	fo_find(files ${from}/*)
	list(FILTER files EXCLUDE REGEX "\\.[1-8]$")
	foreach(file ${files})
		get_filename_component(folder ${file} DIRECTORY)
		file(RELATIVE_PATH folder /${from} /${folder})
		file(STRINGS ${CMAKE_SOURCE_DIR}/${file} first LIMIT_COUNT 1)
		set(type FILES)
		if(first MATCHES "^#!")
			set(type PROGRAMS)
		endif()
		fo_text(${type} ${to}/${folder} ${file})
	endforeach()
endfunction()

fo_find(pages cmd/*.[1-8] etc/*.[1-8] doc/*.[1-8] setup/*.[1-8])
foreach(page ${pages})
	string(REGEX MATCH "[1-8]$" section ${page})
	fo_text(FILES ${CMAKE_INSTALL_MANDIR}/man${section} ${page})
endforeach()

# The samples, from which fo-setup writes its files, too; people look for them beside the other pages.
fo_folder(etc ${samples})
install(CODE "fo_link(${samples} ${CMAKE_INSTALL_DOCDIR} examples)")

# These name each other by the folders of the tree.
file(GLOB readme CONFIGURE_DEPENDS README*.md)
install(FILES ${readme} CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY doc DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN "*.[1-8]" EXCLUDE)

fo_find(units systemd/*.service systemd/*.timer systemd/*.path)
foreach(unit ${units})
	fo_text(FILES ${FO_UNITDIR} ${unit})
endforeach()
fo_text(FILES ${FO_TMPFILESDIR} systemd/failover-helpers.tmpfiles.conf failover-helpers.conf)
fo_text(FILES ${FO_SYSUSERSDIR} systemd/failover-helpers.sysusers.conf failover-helpers.conf)

# Completion: bash looks for a file by the name of the program, zsh for what its `#compdef` says.
set(completions ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
fo_text(FILES ${completions} completion/failover-helpers.bash)
foreach(program alert check-ftth keepalive route setup speedclass status watch)
	install(CODE "fo_link(${completions}/failover-helpers.bash ${completions} fo-${program})")
endforeach()
fo_text(FILES ${FO_ZSHDIR} completion/failover-helpers.zsh _failover-helpers)

# fo-setup, and the parts that it sources.
fo_text(PROGRAMS ${CMAKE_INSTALL_BINDIR} setup/fo-setup)
foreach(part answers files journal)
	fo_text(FILES ${samples}/setup setup/${part}.sh)
endforeach()
