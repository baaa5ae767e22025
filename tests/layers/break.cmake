# SPDX-License-Identifier: GPL-3.0-or-later
# Breaks a layer in a copy of the sources, one way at a time, and sees the configuration or the build fail for that reason.
function(fresh_copy)
  file(REMOVE_RECURSE ${WORK})
  file(MAKE_DIRECTORY ${WORK})
  foreach(item CMakeLists.txt cmake core)
    file(COPY ${SOURCE}/${item} DESTINATION ${WORK}/tree)
  endforeach()
  file(MAKE_DIRECTORY ${WORK}/tree/app)
  file(WRITE ${WORK}/tree/app/CMakeLists.txt "")
endfunction()

function(configure out)
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${WORK}/tree -B ${WORK}/build -G Ninja -DCMAKE_BUILD_TYPE=Debug
    -DCACHELIGHT_UI=OFF -DCACHELIGHT_TESTS=OFF RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  set(${out} "${status}\n${text}" PARENT_SCOPE)
endfunction()

function(build target out)
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK}/build --target ${target}
    RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  set(${out} "${status}\n${text}" PARENT_SCOPE)
endfunction()

function(must_fail what output reason)
  if(output MATCHES "^0\n")
    message(FATAL_ERROR "${what}: was accepted")
  endif()
  if(NOT output MATCHES "${reason}")
    message(FATAL_ERROR "${what}: failed, but not for the broken layer:\n${output}")
  endif()
  message(STATUS "${what}: refused, as it should be")
endfunction()

# The unbroken copy passes, so that a failure below is the breakage's.
fresh_copy()
configure(result)
if(NOT result MATCHES "^0\n")
  message(FATAL_ERROR "the unbroken copy does not configure:\n${result}")
endif()
build(layers_probe_base result)
if(NOT result MATCHES "^0\n")
  message(FATAL_ERROR "the unbroken copy does not build:\n${result}")
endif()

# A header from across an arrow: it is not on the include path.
file(APPEND ${WORK}/tree/core/base/format.cpp "#include \"core/redis/command.h\"\n")
build(core_base result)
must_fail("core/base including core/redis" "${result}" "core/redis/command.h")

# A widget by its module path compiles against Qt's common include folder; the probe misses its symbol.
file(COPY ${SOURCE}/core/base/format.cpp DESTINATION ${WORK}/tree/core/base)
file(APPEND ${WORK}/tree/core/base/format.cpp
  "namespace QtPrivate {}\nclass QWidget { public: void show(); };\nvoid layerBreak(QWidget* w) { w->show(); }\n")
build(layers_probe_base result)
must_fail("core/base using a widget" "${result}" "QWidget::show")

# A link across an arrow, and one to a window library.
fresh_copy()
file(APPEND ${WORK}/tree/core/CMakeLists.txt "target_link_libraries(core_redis PUBLIC core_keys)\n")
configure(result)
must_fail("core/redis linking core/keys" "${result}" "layers: core_redis reaches core_keys")

fresh_copy()
file(APPEND ${WORK}/tree/core/CMakeLists.txt
  "find_package(Qt6 REQUIRED COMPONENTS Widgets)\nadd_library(innocent INTERFACE)\ntarget_link_libraries(innocent INTERFACE Qt6::Widgets)\ntarget_link_libraries(core_cache PRIVATE innocent)\n")
configure(result)
must_fail("core/cache reaching Widgets through a helper" "${result}" "core must not know windows")
file(REMOVE_RECURSE ${WORK})
